package io.diskwright.it.contract;

import io.diskwright.contract.GuestDisk;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.Attachment;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.qcow2.Qcow2Header;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Uses disks where there is no QEMU: raw files as they are, and qcow2 files in which nothing has
 * been written yet, as their backing file or as zeros. Holds QEMU's image locks meanwhile.
 */
final class FileMachine implements GuestDisk {
  private static final long QEMU_LOCK_BYTE = 100;

  private final NativeFile file;
  private final NativeFile data;
  private final long size;
  private final boolean writable;

  private FileMachine(NativeFile file, NativeFile data, long size, boolean writable) {
    this.file = file;
    this.data = data;
    this.size = size;
    this.writable = writable;
  }

  static FileMachine start(Attachment disk) throws IOException {
    Path path = disk.path().orElseThrow();
    NativeFile file = NativeFile.openWrite(path);
    if (!file.tryLock(QEMU_LOCK_BYTE, 1, false)) {
      throw new IOException(path + " is locked");
    }
    if (disk.format() == DiskFormat.RAW) {
      return new FileMachine(file, file, file.stat().size(), true);
    }
    Qcow2Header header = header(file);
    requireUnwritten(file, header);
    NativeFile backing =
        header.backingFile().isPresent()
            ? NativeFile.openRead(path.resolveSibling(rawBacking(header)))
            : null;
    return new FileMachine(file, backing, header.virtualSize(), false);
  }

  private static Qcow2Header header(NativeFile file) throws IOException {
    ByteBuffer start = ByteBuffer.allocate(Qcow2Header.MAX_LENGTH);
    file.read(0, start);
    return Qcow2Header.read(start.flip());
  }

  private static String rawBacking(Qcow2Header header) throws IOException {
    if (!header.backingFormat().orElse("").equals("raw")) {
      throw new IOException("a backing file that is not declared raw needs QEMU");
    }
    return header.backingFile().orElseThrow();
  }

  private static void requireUnwritten(NativeFile file, Qcow2Header header) throws IOException {
    ByteBuffer table = ByteBuffer.allocate(header.l1Entries() * Long.BYTES);
    file.read(header.l1Offset(), table);
    if (table.hasRemaining()) {
      throw new IOException("the L1 table ends early");
    }
    table.flip();
    while (table.hasRemaining()) {
      if (table.getLong() != 0) {
        throw new IOException("a disk in which something is written needs QEMU");
      }
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(long offset, ByteBuffer target) throws IOException {
    if (data != null) {
      data.read(offset, target);
    }
    target.put(new byte[target.remaining()]);
  }

  @Override
  public void write(long offset, ByteBuffer source) throws IOException {
    if (!writable || offset + source.remaining() > size) {
      throw new IOException("writing at %d is not for this machine".formatted(offset));
    }
    file.write(offset, source);
  }

  @Override
  public void close() throws IOException {
    if (data != null) {
      data.close();
    }
    file.close();
  }
}
