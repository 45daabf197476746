package io.diskwright.toolkit.qcow2;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What machines see of a qcow2 image, as content, where its clusters hold just that: none is
 * compressed, encrypted, in another file, or divided into subclusters. Any thread.
 *
 * <p>Follows the document of the format, which is docs/interop/qcow2.txt of QEMU. The image is to
 * have been inspected; but its tables are not taken on trust, since somebody may write it
 * meanwhile: nothing but the image's own bytes is ever read, and what does not fit fails with
 * reason {@code IMAGE_UNACCEPTABLE}.
 */
public final class Qcow2Content implements Content {
  /** Stands for the place of what is nowhere in the image and reads as zeros. */
  private static final long NOWHERE = 0;

  private static final Extent NOTHING_KNOWN = new Extent(0, 1, Extent.Kind.DATA);

  private final Content image;
  private final Qcow2Header header;
  private final long clusterSize;
  private final long bytesPerL1Entry;
  private final Qcow2TableCache tables;
  private final String tried;

  /** What is known of the image's file; its header, at the start, is no machine's. */
  private volatile Extent known = NOTHING_KNOWN;

  private Qcow2Content(Content image, Qcow2Header header, String tried) {
    this.image = image;
    this.header = header;
    this.clusterSize = header.clusterSize();
    this.bytesPerL1Entry = header.bytesPerL1Entry();
    this.tables = new Qcow2TableCache(image);
    this.tried = tried;
  }

  /**
   * Reads an image's header.
   *
   * @param image its bytes, which must stay open as long as they are read here, and are not closed
   * @param tried what is tried when it cannot be read, as it would follow "cannot"
   * @throws DiskException with reason {@code IMAGE_UNACCEPTABLE} when it is no such image
   */
  public static Qcow2Content of(Content image, String tried) throws DiskException {
    ByteBuffer start = ByteBuffer.allocate(Qcow2Header.MAX_LENGTH);
    int unused = image.read(0, start);
    try {
      Qcow2Header header = Qcow2Header.read(start.flip());
      Qcow2Content content = new Qcow2Content(image, header, tried);
      if (!isPlain(header) || !content.hasWholeL1()) {
        throw content.changed();
      }
      return content;
    } catch (Qcow2FormatException e) {
      throw changed(tried).cause(e).build();
    }
  }

  private static boolean isPlain(Qcow2Header header) {
    return header.backingFile().isEmpty()
        && !header.externalDataFile()
        && header.cryptMethod() == 0
        && (header.incompatibleFeatures() & ~(Qcow2Header.DIRTY | Qcow2Header.COMPRESSION_TYPE))
            == 0;
  }

  private boolean hasWholeL1() {
    long offset = header.l1Offset();
    return header.virtualSize() > 0
        && (header.virtualSize() - 1) / bytesPerL1Entry < header.l1Entries()
        && offset > 0
        && offset % clusterSize == 0
        && offset <= image.size() - (long) Long.BYTES * header.l1Entries();
  }

  @Override
  public long size() {
    return header.virtualSize();
  }

  /** Returns where in the image a byte is. */
  private long place(long offset) throws DiskException {
    long l2 = tableOf(offset);
    if (l2 == NOWHERE) {
      return NOWHERE;
    }
    long entry = entry(l2, offset % bytesPerL1Entry / clusterSize);
    boolean zero = Qcow2Entry.zero(entry);
    if (Qcow2Entry.compressed(entry) || (zero && header.version() == 2)) {
      throw changed();
    }
    long cluster = zero ? NOWHERE : wholeClusters(Qcow2Entry.place(entry));
    return cluster == NOWHERE ? NOWHERE : cluster + offset % clusterSize;
  }

  /**
   * Returns how many bytes from an offset on lie in one piece in the image, or nowhere.
   *
   * @param place where the first of them is
   * @param longest the most that is looked for
   */
  private long runLength(long offset, long place, long longest) throws DiskException {
    long unit = tableOf(offset) == NOWHERE ? bytesPerL1Entry : clusterSize;
    long length = unit - offset % unit;
    while (length < longest
        && place(offset + length) == (place == NOWHERE ? NOWHERE : place + length)) {
      length += clusterSize;
    }
    return Math.min(length, longest);
  }

  /** Returns where in the image the L2 table is that has an offset. */
  private long tableOf(long offset) throws DiskException {
    return wholeClusters(Qcow2Entry.place(entry(header.l1Offset(), offset / bytesPerL1Entry)));
  }

  private long wholeClusters(long place) throws DiskException {
    if (place % clusterSize != 0) {
      throw changed();
    }
    return place;
  }

  private long entry(long table, long index) throws DiskException {
    return tables.entryAt(table + index * Long.BYTES).orElseThrow(this::changed);
  }

  @Override
  public Extent extentAt(long offset) throws DiskException {
    long most = Math.min(size() - offset, bytesPerL1Entry);
    long place = place(offset);
    if (place == NOWHERE) {
      return new Extent(offset, runLength(offset, place, most), Extent.Kind.ZERO);
    }
    Extent there = inImage(place); // what was never written is a hole
    long length = runLength(offset, place, Math.min(most, there.length()));
    return new Extent(offset, length, there.kind());
  }

  /** Returns what is in the image from a place on; images of many pieces are asked once. */
  private Extent inImage(long place) throws DiskException {
    if (place >= image.size()) {
      throw changed();
    }
    Extent last = known;
    if (place < last.offset() || place >= last.end()) {
      last = image.extentAt(place);
      known = last;
    }
    return new Extent(place, last.end() - place, last.kind());
  }

  @Override
  public int read(long offset, ByteBuffer target) throws DiskException {
    int total = (int) Math.max(0, Math.min(target.remaining(), size() - offset));
    int limit = target.limit();
    try {
      for (int done = 0; done < total; ) {
        long place = place(offset + done);
        int length = (int) runLength(offset + done, place, total - done);
        target.limit(target.position() + length);
        if (place == NOWHERE) {
          target.put(new byte[length]);
        } else if (image.read(place, target) < length) {
          throw changed();
        }
        done += length;
      }
    } finally {
      target.limit(limit);
    }
    return total;
  }

  /** Returns nothing: there is no file with just these bytes. */
  @Override
  public Optional<Path> path() {
    return Optional.empty();
  }

  /** Does nothing: who has opened the image closes it. */
  @Override
  public void close() {}

  private DiskException changed() {
    return changed(tried).build();
  }

  private static DiskException.Builder changed(String tried) {
    return DiskException.of(Reason.IMAGE_UNACCEPTABLE, tried)
        .said("the qcow2 is not any more what it was when it was inspected")
        .remedy("wait until nobody writes the image any more, and try again");
  }
}
