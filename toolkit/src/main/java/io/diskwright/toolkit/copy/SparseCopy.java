package io.diskwright.toolkit.copy;

import io.diskwright.spi.call.Call;
import io.diskwright.toolkit.os.NativeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * Copies a file into a new one: by sharing blocks where the file system can, else by copying its
 * data and leaving its holes holes.
 */
public final class SparseCopy {
  private static final long CHUNK = 64L * 1024 * 1024;
  private static final int BUFFER = 1024 * 1024;

  private SparseCopy() {}

  /**
   * Makes a new file read as another.
   *
   * @param source the file to copy
   * @param target a new file, of length 0 or all hole
   * @param call deadline, cancellation, and progress of step "copying"
   * @return the bytes that were copied, 0 when the blocks are shared
   * @throws IOException when reading or writing fails, the deadline is past, or it was cancelled
   */
  public static long copy(NativeFile source, NativeFile target, Call call) throws IOException {
    return target.reflinkFrom(source) ? 0 : copyData(source, target, call);
  }

  /** As {@link #copy}, without trying to share blocks; returns the bytes that were copied. */
  public static long copyData(NativeFile source, NativeFile target, Call call) throws IOException {
    long size = source.stat().size();
    target.truncate(size);
    long copied = 0;
    OptionalLong data = source.nextData(0);
    while (data.isPresent()) {
      long start = data.getAsLong();
      long end = source.nextHole(start).orElse(size);
      copyRange(source, target, start, end, size, call);
      copied += end - start;
      data = end < size ? source.nextData(end) : OptionalLong.empty();
    }
    call.progress().report("copying", size, size);
    return copied;
  }

  private static void copyRange(
      NativeFile source, NativeFile target, long start, long end, long size, Call call)
      throws IOException {
    long at = start;
    while (at < end) {
      call.check("copy " + source.path());
      call.progress().report("copying", at, size);
      long copied = target.copyRangeFrom(source, at, at, Math.min(CHUNK, end - at));
      if (copied < 0) {
        copyThroughMemory(source, target, at, end, size, call);
        return;
      }
      if (copied == 0) {
        throw new IOException("%s ended at %d, before %d".formatted(source.path(), at, end));
      }
      at += copied;
    }
  }

  private static void copyThroughMemory(
      NativeFile source, NativeFile target, long start, long end, long size, Call call)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    for (long at = start; at < end; at += buffer.limit()) {
      call.check("copy " + source.path());
      call.progress().report("copying", at, size);
      buffer.clear().limit((int) Math.min(BUFFER, end - at));
      if (source.read(at, buffer) < buffer.limit()) {
        throw new IOException("%s ended before %d".formatted(source.path(), end));
      }
      target.write(at, buffer.flip());
    }
  }
}
