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
 * compressed, encrypted, in another file, or written in parts. Any thread.
 *
 * <p>Follows the document of the format, which is docs/interop/qcow2.txt of QEMU. The image is to
 * have been inspected; but its tables are not taken on trust, since somebody may write it
 * meanwhile: nothing but the image's own bytes is ever read, and what does not fit fails.
 */
public final class Qcow2Content implements Content {
  /** Stands for the place of what is nowhere in the image and reads as zeros. */
  private static final long NOWHERE = 0;

  private static final Extent NOTHING_KNOWN = new Extent(0, 1, Extent.Kind.DATA);

  private final Content image;
  private final Qcow2Header header;
  private final long clusterSize;
  private final long reachOfL2;
  private final Qcow2TableCache tables;
  private final String tried;

  /** What is known of the image's file; its header, at the start, is no machine's. */
  private volatile Extent known = NOTHING_KNOWN;

  private Qcow2Content(Content image, Qcow2Header header, String tried) {
    this.image = image;
    this.header = header;
    this.clusterSize = header.clusterSize();
    this.reachOfL2 = header.bytesPerL2Table();
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
        && (header.virtualSize() - 1) / reachOfL2 < header.l1Entries()
        && offset > 0
        && offset % clusterSize == 0
        && offset <= image.size() - (long) Long.BYTES * header.l1Entries();
  }

  @Override
  public long size() {
    return header.virtualSize();
  }

  /** A range of what machines see that lies in one piece in the image, or nowhere. */
  private record Run(long place, long length) {}

  /** Returns the run that starts at an offset, no longer than that. */
  private Run runAt(long offset, long longest) throws DiskException {
    long inCluster = offset % clusterSize;
    long place = place(offset);
    long length =
        tableOf(offset) == NOWHERE ? reachOfL2 - offset % reachOfL2 : clusterSize - inCluster;
    while (length < longest) {
      long next = place(offset + length);
      if (next != (place == NOWHERE ? NOWHERE : place + inCluster + length)) {
        break;
      }
      length += clusterSize;
    }
    long start = place == NOWHERE ? NOWHERE : place + inCluster;
    return new Run(start, Math.min(length, longest));
  }

  /** Returns where in the image the cluster is that has an offset. */
  private long place(long offset) throws DiskException {
    long l2 = tableOf(offset);
    if (l2 == NOWHERE) {
      return NOWHERE;
    }
    long entry = entry(l2, offset % reachOfL2 / clusterSize);
    boolean zero = Qcow2Entry.zero(entry);
    if (Qcow2Entry.compressed(entry) || (zero && header.version() == 2)) {
      throw changed();
    }
    return zero ? NOWHERE : wholeClusters(Qcow2Entry.place(entry));
  }

  /** Returns where in the image the L2 table is that has an offset. */
  private long tableOf(long offset) throws DiskException {
    return wholeClusters(Qcow2Entry.place(entry(header.l1Offset(), offset / reachOfL2)));
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
    long most = Math.min(size() - offset, reachOfL2);
    long place = place(offset);
    if (place == NOWHERE) {
      return new Extent(offset, runAt(offset, most).length, Extent.Kind.ZERO);
    }
    Extent there = inImage(place + offset % clusterSize); // what was never written is a hole
    return new Extent(offset, runAt(offset, Math.min(most, there.length())).length, there.kind());
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
        Run run = runAt(offset + done, total - done);
        target.limit(target.position() + (int) run.length);
        if (run.place == NOWHERE) {
          target.put(new byte[(int) run.length]);
        } else if (image.read(run.place, target) < run.length) {
          throw changed();
        }
        done += (int) run.length;
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
