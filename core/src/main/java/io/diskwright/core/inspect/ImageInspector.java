package io.diskwright.core.inspect;

import io.diskwright.core.source.ContentReads;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Looks at an image that can be read anywhere, and says what it is and whether it may be used.
 * Stateless; any thread. Nothing is run and nothing is written.
 *
 * <p>An image whose format nobody declares must show what it is: bytes without any known beginning
 * are taken for raw only when they are declared so.
 */
public final class ImageInspector {
  private static final int PIECE = 64 * 1024;

  /** Makes an inspector. */
  public ImageInspector() {}

  /**
   * Inspects an image: reads its first 64 KiB, its last 1536 bytes, and of a VHDX a few parts in
   * between; not its tables.
   *
   * @param data the image's bytes
   * @param declared the format that the asker or the image source says it is
   * @param rules what is accepted
   * @param call deadline, cancellation
   * @throws DiskException when the bytes cannot be read
   */
  public Verdict inspect(
      Content data, Optional<DiskFormat> declared, InspectionRules rules, Call call)
      throws DiskException {
    return feed(data, new Inspection(declared, rules), call).end();
  }

  /**
   * Inspects an image, and follows the tables that say where its bytes are: needed before it may be
   * converted.
   *
   * @param data the image's bytes
   * @param declared the format that the asker or the image source says it is
   * @param rules what is accepted
   * @param call deadline, cancellation
   * @throws DiskException when the bytes cannot be read
   */
  public Verdict inspectWithTables(
      Content data, Optional<DiskFormat> declared, InspectionRules rules, Call call)
      throws DiskException {
    Inspection inspection = feed(data, new Inspection(declared, rules), call);
    Verdict unused = inspection.end();
    return inspection.followTables(data, call);
  }

  private static Inspection feed(Content data, Inspection inspection, Call call)
      throws DiskException {
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    long size = data.size();
    for (long at = 0; at < size; ) {
      call.check("inspect image");
      piece.clear().limit((int) Math.min(PIECE, size - at));
      ContentReads.fully(data, at, piece, "inspect image");
      at += piece.position();
      inspection.feed(piece.flip());
      long next = inspection.next(size);
      if (next > at) {
        inspection.skipTo(next);
        at = next;
      }
    }
    return inspection;
  }
}
