package io.diskwright.it.contract;

import io.diskwright.contract.GuestDisk;
import io.diskwright.spi.backend.Attachment;
import io.diskwright.toolkit.os.NativeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Uses a disk that is a device as a machine does: it has the device open. */
final class DeviceMachine implements GuestDisk {
  private final NativeFile device;
  private final long size;

  private DeviceMachine(NativeFile device, long size) {
    this.device = device;
    this.size = size;
  }

  static DeviceMachine start(Attachment disk) throws IOException {
    Path path = disk.path().orElseThrow();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return new DeviceMachine(NativeFile.openWrite(path), channel.size());
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(long offset, ByteBuffer target) throws IOException {
    int wanted = target.remaining();
    if (device.read(offset, target) != wanted) {
      throw new IOException("the device ends early");
    }
  }

  @Override
  public void write(long offset, ByteBuffer source) throws IOException {
    device.write(offset, source);
  }

  @Override
  public void close() throws IOException {
    device.sync();
    device.close();
  }
}
