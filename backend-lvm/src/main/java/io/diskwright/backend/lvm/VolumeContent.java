package io.diskwright.backend.lvm;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsErrors;
import io.diskwright.toolkit.os.OsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** The bytes of a volume, of which none are known to be zero: devices have no holes to ask for. */
final class VolumeContent implements Content {
  private final NativeFile device;
  private final long size;
  private final String tried;
  private final AtomicBoolean closed = new AtomicBoolean();

  private VolumeContent(NativeFile device, long size, String tried) {
    this.device = device;
    this.size = size;
    this.tried = tried;
  }

  /** Opens the device of a volume that is active; it is larger than {@code size} mostly. */
  static VolumeContent open(Path device, long size, String tried) throws IOException {
    return new VolumeContent(NativeFile.openRead(device), size, tried);
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException("content is closed");
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Extent extentAt(long offset) {
    requireOpen();
    return new Extent(offset, size - offset, Extent.Kind.DATA);
  }

  @Override
  public int read(long offset, ByteBuffer target) throws DiskException {
    requireOpen();
    int limit = target.limit();
    int most = (int) Math.max(0, Math.min(target.remaining(), size - offset));
    target.limit(target.position() + most);
    try {
      return device.read(offset, target);
    } catch (OsException e) {
      throw OsErrors.toFailure(e, tried).resource(device.path().toString()).build();
    } finally {
      target.limit(limit);
    }
  }

  @Override
  public Optional<Path> path() {
    return Optional.empty();
  }

  @Override
  public void close() throws DiskException {
    if (closed.compareAndSet(false, true)) {
      try {
        device.close();
      } catch (OsException e) {
        throw OsErrors.toFailure(e, tried).resource(device.path().toString()).build();
      }
    }
  }
}
