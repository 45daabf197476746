package io.diskwright.core.inspect;

import java.nio.ByteOrder;

/** A VDI of 4 MiB: its header, its block map, and two blocks. */
final class VdiBytes extends ImageBytes<VdiBytes> {
  static final int VERSION = 0x44;
  static final int TYPE = 0x4c;
  static final int MAP_OFFSET = 0x154;
  static final int DATA_OFFSET = 0x158;
  static final int SECTOR_SIZE = 0x168;
  static final int VIRTUAL_SIZE = 0x170;
  static final int BLOCK_SIZE = 0x178;
  static final int BLOCK_EXTRA = 0x17c;
  static final int BLOCKS = 0x180;
  static final int ALLOCATED = 0x184;
  static final int UUID_LINK = 0x1a8;
  static final int UUID_PARENT = 0x1b8;
  static final int MAP = 512;
  static final int DATA = 1024;
  static final int MIB = 1 << 20;

  private VdiBytes() {
    super(DATA + 2 * MIB, ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  VdiBytes self() {
    return this;
  }

  static VdiBytes valid() {
    return new VdiBytes()
        .put(0, "<<< Oracle VM VirtualBox Disk Image >>>\n")
        .putInt(0x40, 0xbeda107f)
        .putInt(VERSION, 0x00010001)
        .putInt(0x48, 0x190)
        .putInt(TYPE, 1)
        .putInt(MAP_OFFSET, MAP)
        .putInt(DATA_OFFSET, DATA)
        .putInt(SECTOR_SIZE, 512)
        .putLong(VIRTUAL_SIZE, 4 * MIB)
        .putInt(BLOCK_SIZE, MIB)
        .putInt(BLOCKS, 4)
        .putInt(ALLOCATED, 2)
        .map(0, 0)
        .map(1, -1)
        .map(2, 1)
        .map(3, -1);
  }

  /** Says where a block is. */
  VdiBytes map(int number, int place) {
    return putInt(MAP + 4 * number, place);
  }
}
