package io.diskwright.core.export;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.toolkit.record.RecordText;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.SortedMap;
import java.util.regex.Pattern;

/**
 * Reads what {@link BaseExport} has written, and trusts nothing of it: the record first, then the
 * bytes with the zeros between them; one thread.
 */
final class ExportReader {
  private static final int LONGEST_RECORD = 64 * 1024;
  private static final long LARGEST = 1L << 60;
  private static final int SECTOR = 512;
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
  private static final byte[] ZEROS = new byte[64 * 1024];

  private final InputStream plain;
  private final DataInputStream input;
  private final MessageDigest sum = Sha256.start();
  private final BaseRecord base;
  private final byte[] piece = new byte[BaseExport.LONGEST_PIECE];
  private long position;
  private long pieceOffset;
  private int pieceLength;
  private boolean ended;

  /** What came is not what is written of a base. */
  static final class MalformedException extends IOException {
    private static final long serialVersionUID = 1;

    MalformedException(String message) {
      super(message);
    }
  }

  /**
   * Reads the record.
   *
   * @throws MalformedException when it is none
   * @throws java.io.EOFException when the stream ends in it
   */
  ExportReader(InputStream stream) throws IOException {
    this.plain = stream;
    this.input = new DataInputStream(new DigestInputStream(stream, sum));
    requireFirstLine();
    this.base = record();
  }

  private void requireFirstLine() throws IOException {
    byte[] expected = BaseExport.FIRST_LINE.getBytes(StandardCharsets.UTF_8);
    byte[] found = new byte[expected.length];
    for (int i = 0; i < found.length; i++) { // what is no base at all may be short
      found[i] = input.readByte();
      if (found[i] != expected[i]) {
        throw new MalformedException("it does not begin as a base");
      }
    }
  }

  private BaseRecord record() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    String line;
    do {
      line = line(text);
    } while (!line.equals("end"));
    try {
      SortedMap<String, String> attributes =
          RecordText.parse(text.toString(StandardCharsets.UTF_8));
      if (attributes.values().stream().anyMatch(CONTROL.asPredicate())) {
        throw new MalformedException("its record has signs that are no text");
      }
      return sound(BaseRecord.fromAttributes(attributes));
    } catch (IllegalArgumentException e) { // whose message has what was sent
      throw new MalformedException("its record cannot be read");
    }
  }

  private static BaseRecord sound(BaseRecord base) throws MalformedException {
    boolean raw = base.format() == DiskFormat.RAW;
    if (base.length() <= 0
        || base.length() > LARGEST
        || base.virtualSize() <= 0
        || base.virtualSize() > LARGEST
        || (raw && base.length() != base.virtualSize())
        || (raw && base.length() % SECTOR != 0)) {
      throw new MalformedException(
          "its record says %d bytes, %d of them visible"
              .formatted(base.length(), base.virtualSize()));
    }
    return base;
  }

  private String line(ByteArrayOutputStream text) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (byte next = input.readByte(); ; next = input.readByte()) {
      text.write(next);
      if (text.size() > LONGEST_RECORD) {
        throw new MalformedException("its record is longer than %d".formatted(LONGEST_RECORD));
      }
      if (next == '\n') {
        return line.toString(StandardCharsets.UTF_8);
      }
      line.write(next);
    }
  }

  /** Returns the record that the other host has of the base. */
  BaseRecord base() {
    return base;
  }

  /**
   * Reads the next bytes, as {@link io.diskwright.spi.image.ImageStream#read} does.
   *
   * @throws MalformedException when what comes is not what was written
   * @throws java.io.EOFException when it ends before its end
   */
  int read(ByteBuffer target) throws IOException {
    while (position == pieceOffset + pieceLength && !ended) {
      nextPiece();
    }
    if (position == base.length()) {
      return -1;
    }
    int length = (int) Math.min(target.remaining(), nextChange() - position);
    if (position < pieceOffset) {
      length = Math.min(length, ZEROS.length);
      target.put(ZEROS, 0, length);
    } else {
      target.put(piece, (int) (position - pieceOffset), length);
    }
    position += length;
    return length;
  }

  private long nextChange() {
    return position < pieceOffset ? pieceOffset : pieceOffset + pieceLength;
  }

  private void nextPiece() throws IOException {
    long behind = pieceOffset + pieceLength;
    pieceOffset = input.readLong();
    pieceLength = input.readInt();
    if (pieceLength == 0) {
      end();
      return;
    }
    if (pieceLength < 0
        || pieceLength > piece.length
        || pieceOffset < behind
        || pieceOffset > base.length() - pieceLength) {
      throw new MalformedException(
          "%d bytes at %d do not fit where they come".formatted(pieceLength, pieceOffset));
    }
    input.readFully(piece, 0, pieceLength);
  }

  private void end() throws IOException {
    if (pieceOffset != base.length()) {
      throw new MalformedException(
          "it ends at %d, and has %d bytes".formatted(pieceOffset, base.length()));
    }
    byte[] expected = sum.digest();
    byte[] found = plain.readNBytes(Sha256.LENGTH);
    if (found.length < Sha256.LENGTH) {
      throw new EOFException();
    }
    if (!MessageDigest.isEqual(expected, found)) {
      throw new MalformedException("its SHA-256 is another than was written");
    }
    ended = true;
  }
}
