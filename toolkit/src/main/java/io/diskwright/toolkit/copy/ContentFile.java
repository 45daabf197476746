package io.diskwright.toolkit.copy;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.process.QemuImgConvert;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;

/** Writes a content out to a new file: raw by copying, qcow2 by qemu-img from such a copy. */
public final class ContentFile {
  private static final int BUFFER = 4 * 1024 * 1024;

  /** Blocks of zeros of this size stay holes. */
  private static final int BLOCK = 64 * 1024;

  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(BLOCK).asReadOnlyBuffer();

  private ContentFile() {}

  /**
   * Refuses a format in which nothing is written out.
   *
   * @param format the format that is asked for
   * @param tried what is being done, for messages
   * @throws DiskException with reason {@code UNSUPPORTED}
   */
  public static void requireOffered(DiskFormat format, String tried) throws DiskException {
    if (format != DiskFormat.RAW && format != DiskFormat.QCOW2) {
      throw DiskException.of(Reason.UNSUPPORTED, tried)
          .said("the format %s is not offered".formatted(format))
          .remedy("ask for raw or qcow2")
          .build();
    }
  }

  /**
   * Writes a content to a file.
   *
   * @param content what is written
   * @param format how the file is laid out, raw or qcow2
   * @param file the file, new and empty
   * @param path where it is
   * @param tried what is being done, for messages
   * @param stallTimeout after how long without progress qemu-img is given up
   * @param call deadline, cancellation, and progress of step "extracting"
   * @throws IOException when reading, writing or qemu-img fails
   */
  public static void write(
      Content content,
      DiskFormat format,
      NativeFile file,
      Path path,
      String tried,
      Duration stallTimeout,
      Call call)
      throws IOException {
    if (format == DiskFormat.RAW) {
      copy(content, file, tried, call);
      return;
    }
    // What the copy takes beside the result is gone when it is closed.
    try (NativeFile raw = NativeFile.createUnnamed(path.resolveSibling("."), 0600)) {
      copy(content, raw, tried, call);
      QemuImgConvert.run(
          tried, DiskFormat.RAW, raw.openPath(), format, path, content.size(), stallTimeout, call);
    }
  }

  private static void copy(Content content, NativeFile file, String tried, Call call)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    file.truncate(content.size());
    for (long at = 0; at < content.size(); ) {
      Extent extent = content.extentAt(at);
      if (extent.kind() == Extent.Kind.DATA) {
        copy(content, extent, file, buffer, tried, call);
      }
      at = extent.end();
    }
  }

  private static void copy(
      Content content, Extent extent, NativeFile file, ByteBuffer buffer, String tried, Call call)
      throws IOException {
    for (long at = extent.offset(); at < extent.end(); at += buffer.limit()) {
      call.check(tried);
      call.progress().report("extracting", at, content.size());
      buffer.clear().limit((int) Math.min(buffer.capacity(), extent.end() - at));
      if (content.read(at, buffer) < buffer.limit()) {
        throw new IOException("the content ends before %d".formatted(at + buffer.limit()));
      }
      writeData(buffer.flip(), at, file);
    }
  }

  private static void writeData(ByteBuffer data, long at, NativeFile file) throws IOException {
    for (int start = 0; start < data.limit(); start += BLOCK) {
      ByteBuffer block = data.slice(start, Math.min(BLOCK, data.limit() - start));
      if (!block.equals(ZEROS.slice(0, block.limit()))) {
        file.write(at + start, block);
      }
    }
  }
}
