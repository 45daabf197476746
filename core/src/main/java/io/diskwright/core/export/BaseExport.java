package io.diskwright.core.export;

import io.diskwright.core.fill.BlockChecksum;
import io.diskwright.core.source.ContentReads;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import io.diskwright.toolkit.record.RecordText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/** Writes one base for another host; one thread. */
public final class BaseExport {
  static final String FIRST_LINE = "diskwright-base 1\n";
  static final int LONGEST_PIECE = 1024 * 1024;
  static final int PIECE_HEAD = Long.BYTES + Integer.BYTES;
  private static final String TRIED = "export base";
  private static final ByteBuffer ZEROS =
      ByteBuffer.allocateDirect(LONGEST_PIECE).asReadOnlyBuffer();

  private final PoolName pool;
  private final BaseRecord base;
  private final Content content;
  private final OutputStream target;
  private final Call call;
  private final MessageDigest sum = Sha256.start();
  private final BlockChecksum checksum = new BlockChecksum();
  private final ByteBuffer piece = ByteBuffer.allocate(LONGEST_PIECE);

  /**
   * Prepares an export.
   *
   * @param pool the pool that the base is on
   * @param base the base's record
   * @param content its bytes, opened
   * @param target takes what is written; is flushed, not closed
   * @param call deadline, cancellation, progress
   */
  public BaseExport(
      PoolName pool, BaseRecord base, Content content, OutputStream target, Call call) {
    this.pool = pool;
    this.base = base;
    this.content = content;
    this.target = target;
    this.call = call;
  }

  /**
   * Writes the base. What is written is whole, for who reads it, only when this returns.
   *
   * @throws DiskException with reason {@code CORRUPT} when the base does not read as it did when it
   *     was published, {@code IO_ERROR} when nobody takes what is written, or what the storage said
   */
  public void run() throws DiskException {
    String head = FIRST_LINE + RecordText.format(base.attributes());
    write(ByteBuffer.wrap(head.getBytes(StandardCharsets.UTF_8)));
    for (long at = 0; at < content.size(); ) {
      Extent extent = content.extentAt(at);
      if (extent.kind() == Extent.Kind.DATA) {
        export(extent);
      }
      at = extent.end();
    }
    verify();
    writeHead(content.size(), 0);
    ByteBuffer digest = ByteBuffer.wrap(sum.digest());
    write(digest);
    flush();
  }

  private void export(Extent extent) throws DiskException {
    for (long at = extent.offset(); at < extent.end(); at += piece.limit()) {
      call.check(TRIED);
      call.progress().report("exporting", at, content.size());
      piece.clear().limit((int) Math.min(LONGEST_PIECE, extent.end() - at));
      ContentReads.fully(content, at, piece, TRIED);
      piece.flip();
      checksum.update(at, piece);
      if (piece.mismatch(ZEROS.slice(0, piece.limit())) >= 0) {
        writeHead(at, piece.limit());
        write(piece);
      }
    }
  }

  private void verify() throws DiskException {
    Optional<String> published = base.checksum().filter(BlockChecksum::knows);
    if (published.isPresent() && !published.get().equals(checksum.end(content.size()))) {
      throw DiskException.of(Reason.CORRUPT, TRIED)
          .pool(pool.value())
          .resource(base.key().value())
          .said("it reads otherwise than when it was published")
          .remedy("evict it, so that it is cached again: diskwright base evict " + base.key())
          .build();
    }
  }

  private void writeHead(long offset, int length) throws DiskException {
    write(ByteBuffer.allocate(PIECE_HEAD).putLong(offset).putInt(length).flip());
  }

  private void write(ByteBuffer bytes) throws DiskException {
    sum.update(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
    try {
      target.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
    } catch (IOException e) {
      throw notTaken(e);
    }
  }

  private void flush() throws DiskException {
    try {
      target.flush();
    } catch (IOException e) {
      throw notTaken(e);
    }
  }

  private DiskException notTaken(IOException e) {
    return DiskException.of(Reason.IO_ERROR, TRIED)
        .pool(pool.value())
        .resource(base.key().value())
        .said("what is written is not taken: " + e.getMessage())
        .remedy("look at who reads it, and try again")
        .cause(e)
        .build();
  }
}
