package io.diskwright.core.fill;

import io.diskwright.core.source.ContentReads;
import io.diskwright.spi.backend.Sink;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Copies content into a sink, front to back, and leaves out what is zero when the sink reads as
 * zero anyway. One thread, one buffer.
 */
final class ContentCopy {
  private static final int BUFFER = 256 * 1024;

  private final Content data;
  private final long size;
  private final SinkWriter writer;
  private final @Nullable BlockChecksum checksum;
  private final Call call;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private long written;

  ContentCopy(Content data, Sink sink, Pace pace, @Nullable BlockChecksum checksum, Call call) {
    this.data = data;
    this.size = sink.size();
    this.writer = new SinkWriter(sink, pace, call);
    this.checksum = checksum;
    this.call = call;
  }

  /** Copies everything; returns how many bytes were written. */
  long run() throws DiskException {
    for (long at = 0; at < data.size(); ) {
      Extent extent = data.extentAt(at);
      if (extent.kind() == Extent.Kind.DATA) {
        copyData(extent);
      } else {
        writer.zero(at, extent.length());
      }
      at = extent.end();
    }
    return end();
  }

  private long end() throws DiskException {
    writer.zero(data.size(), size - data.size());
    call.progress().report("copying", data.size(), data.size());
    return written;
  }

  private void copyData(Extent extent) throws DiskException {
    for (long at = extent.offset(); at < extent.end(); at += buffer.limit()) {
      call.check("copy image");
      call.progress().report("copying", at, data.size());
      buffer.clear().limit((int) Math.min(BUFFER, extent.end() - at));
      ContentReads.fully(data, at, buffer, "copy image");
      buffer.flip();
      if (checksum != null) {
        checksum.update(at, buffer);
      }
      written += writer.write(at, buffer);
    }
  }
}
