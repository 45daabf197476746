package io.diskwright.core.inspect;

import io.diskwright.core.inspect.FormatRules.Part;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks at an image's bytes as they come by, once, in their order, in pieces of any size.
 *
 * <p>It keeps the first {@value #HEAD} bytes, the last {@value #TAIL}, and one part between them at
 * a time: less than 256 KiB, whatever the bytes claim. One thread.
 */
public final class Inspection {
  /** How many bytes from the start tell what an image is. */
  public static final int HEAD = 64 * 1024;

  /** How many bytes at the end may tell more. */
  static final int TAIL = 1536;

  private final Optional<DiskFormat> declared;
  private final InspectionRules rules;
  private final Findings findings = new Findings();
  private final ByteBuffer head = ByteBuffer.allocate(HEAD);
  private final LastBytes tail = new LastBytes(TAIL);
  private @Nullable FormatRules format;
  private @Nullable Part part;
  private @Nullable ByteBuffer partBytes;
  private long position;

  /**
   * Starts an inspection.
   *
   * @param declared the format that the asker or the image source says it is
   * @param rules what is accepted
   */
  public Inspection(Optional<DiskFormat> declared, InspectionRules rules) {
    this.declared = declared;
    this.rules = rules;
  }

  /** Takes the next bytes, all that the buffer has. */
  public void feed(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      if (format == null) {
        take(bytes, HEAD - head.position(), head);
        if (!head.hasRemaining()) {
          decide();
        }
      } else if (part != null && partBytes != null && position >= part.offset()) {
        take(bytes, partBytes.remaining(), partBytes);
        if (!partBytes.hasRemaining()) {
          endPart(partBytes);
        }
      } else {
        take(bytes, part == null ? Long.MAX_VALUE : part.offset() - position, null);
      }
    }
  }

  private void take(ByteBuffer bytes, long most, @Nullable ByteBuffer target) {
    int length = (int) Math.min(bytes.remaining(), most);
    ByteBuffer piece = bytes.slice(bytes.position(), length);
    bytes.position(bytes.position() + length);
    position += length;
    tail.add(piece.duplicate());
    if (target != null) {
      target.put(piece);
    }
  }

  private void decide() {
    head.flip();
    format = new Detection(declared, rules, findings).rules(head);
    format.head(head);
    nextPart(format);
    checkSize();
  }

  private void endPart(ByteBuffer bytes) {
    FormatRules of = Objects.requireNonNull(format);
    of.part(bytes.flip());
    nextPart(of);
    checkSize();
  }

  private void nextPart(FormatRules of) {
    part = of.next();
    if (part != null && part.offset() < position) {
      findings.refuse("its parts are not in the order that its format has them in");
      part = null;
    }
    partBytes = part == null ? null : ByteBuffer.allocate(part.length());
  }

  private void checkSize() {
    rules.whyTooLarge(findings.virtualSize().orElse(0)).ifPresent(findings::refuse);
  }

  /** Returns whether enough has come by to tell what the image is. */
  public boolean decided() {
    return format != null;
  }

  /**
   * Returns what is known so far. Once {@link #decided}, an image that is not safe will never be,
   * and one that is may still turn out not to be.
   */
  public Verdict soFar() {
    return findings.verdict();
  }

  /** Returns where the next bytes are that matter, in a file of this size; its end when none do. */
  long next(long size) {
    if (format == null) {
      return position;
    }
    long last = size - TAIL; // all from there on is kept, so none of it is left out
    return Math.max(position, part == null ? last : Math.min(part.offset(), last));
  }

  /** Leaves out bytes that do not matter. */
  void skipTo(long offset) {
    position = offset;
    tail.clear();
  }

  /** Says that there are no more bytes; returns what was found. */
  public Verdict end() {
    if (format == null) {
      decide();
    }
    while (part != null && partBytes != null) { // the image ends within it, or before
      endPart(partBytes);
    }
    FormatRules of = Objects.requireNonNull(format);
    ByteBuffer last = tail.bytes();
    findings.require(
        of.endsAsVhd() || !VhdFooter.isAt(last),
        "it is several formats at once: %s, vhd".formatted(findings.detected()));
    of.end(position, last);
    findings.end(position);
    checkSize();
    return findings.verdict();
  }

  /** Follows the tables of an image that has been found good, through all of its content. */
  Verdict followTables(Content data, Call call) throws DiskException {
    if (!findings.refused()) {
      Objects.requireNonNull(format).followTables(data, call);
    }
    return findings.verdict();
  }

  /** Keeps the last bytes of all. */
  private static final class LastBytes {
    private final byte[] ring;
    private long count;

    LastBytes(int size) {
      this.ring = new byte[size];
    }

    void add(ByteBuffer bytes) {
      int skipped = Math.max(0, bytes.remaining() - ring.length);
      bytes.position(bytes.position() + skipped);
      count += skipped;
      while (bytes.hasRemaining()) {
        int at = (int) (count % ring.length);
        int length = Math.min(bytes.remaining(), ring.length - at);
        bytes.get(ring, at, length);
        count += length;
      }
    }

    void clear() {
      count = 0;
    }

    ByteBuffer bytes() {
      int length = (int) Math.min(count, ring.length);
      ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.BIG_ENDIAN);
      for (long i = count - length; i < count; i++) {
        bytes.put(ring[(int) (i % ring.length)]);
      }
      return bytes.flip();
    }
  }
}
