package io.diskwright.core.inspect;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a VDI must be like, as VirtualBox's VDICore.h has it: dynamic or fixed, by itself, in blocks
 * of 1 MiB.
 */
final class VdiRules extends FormatRules {
  private static final int HEADER_LENGTH = 512;
  private static final int VERSION = 0x00010001;
  private static final int DYNAMIC = 1;
  private static final int FIXED = 2;
  private static final int SECTOR = 512;
  private static final int BLOCK = 1 << 20;
  private static final int MOST_BLOCKS = 0x3fffffff / 2;
  private static final int LINK = 0x1a8;
  private static final int PARENT = 0x1b8;
  private static final int UUID_LENGTH = 16;
  private static final int FIRST_UNUSED = 0xfffffffe; // discarded; all ones is never written

  private final Findings findings;
  private long mapOffset;
  private long dataOffset;
  private int blocks;

  VdiRules(Findings findings) {
    this.findings = findings;
  }

  @Override
  void head(ByteBuffer head) {
    if (!findings.require(head.limit() >= HEADER_LENGTH, "it ends within its header")) {
      return;
    }
    ByteBuffer header = head.slice().order(ByteOrder.LITTLE_ENDIAN);
    int version = header.getInt(0x44);
    findings.require(version == VERSION, "its version is 0x%x".formatted(version));
    int type = header.getInt(0x4c);
    findings.feature(type == FIXED ? "fixed" : "dynamic");
    findings.require(
        type == DYNAMIC || type == FIXED,
        "its image type is %d: it depends on another file".formatted(type));
    findings.require(
        isZero(header, LINK) && isZero(header, PARENT),
        "it has a parent, which could be any file of this host");
    checkGeometry(header);
  }

  private void checkGeometry(ByteBuffer header) {
    mapOffset = Integer.toUnsignedLong(header.getInt(0x154));
    dataOffset = Integer.toUnsignedLong(header.getInt(0x158));
    long size = header.getLong(0x170);
    int blockSize = header.getInt(0x178);
    blocks = header.getInt(0x180);
    int allocated = header.getInt(0x184);
    boolean sizes =
        header.getInt(0x168) == SECTOR
            && blockSize == BLOCK
            && header.getInt(0x17c) == 0
            && blocks > 0
            && blocks <= MOST_BLOCKS
            && size > 0
            && size <= (long) blocks * BLOCK
            && blocks / 2 <= size / BLOCK
            && allocated >= 0
            && allocated <= blocks;
    if (!findings.require(
        sizes,
        "its geometry is absurd: %d bytes in %d blocks of %d, %d of them allocated"
            .formatted(size, Integer.toUnsignedLong(blocks), blockSize, allocated))) {
      return;
    }
    findings.virtualSize(size);
    boolean places =
        mapOffset >= HEADER_LENGTH
            && mapOffset % SECTOR == 0
            && dataOffset % SECTOR == 0
            && dataOffset >= mapOffset + 4L * blocks;
    if (findings.require(
        places, "its block map is at %d, its data at %d".formatted(mapOffset, dataOffset))) {
      findings.requireWithin("its block map", mapOffset, 4L * blocks);
    }
  }

  private static boolean isZero(ByteBuffer bytes, int offset) {
    return bytes.getLong(offset) == 0 && bytes.getLong(offset + UUID_LENGTH / 2) == 0;
  }

  @Override
  void followTables(Content data, Call call) throws DiskException {
    boolean unused =
        new BlockTable(new Tables(data, call), findings, BLOCK, BLOCK)
            .follow(
                mapOffset,
                blocks,
                Integer.BYTES,
                ByteOrder.LITTLE_ENDIAN,
                (map, at) -> {
                  int block = map.getInt(at);
                  return Integer.compareUnsigned(block, FIRST_UNUSED) >= 0
                      ? BlockTable.NONE
                      : dataOffset + Integer.toUnsignedLong(block) * BLOCK;
                });
  }
}
