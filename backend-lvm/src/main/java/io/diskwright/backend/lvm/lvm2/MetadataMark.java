package io.diskwright.backend.lvm.lvm2;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.diskwright.toolkit.os.BlockDevice;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What tells, without a question to lvm2, that a group's metadata is as it was: the header of the
 * metadata area on one of its physical volumes ({@code struct mda_header} in lvm2's {@code
 * format_text/layout.h}). Every change of the group is committed by writing it anew, with the place
 * and the checksum of the new metadata, in which its sequence number is.
 */
final class MetadataMark {
  /** Where lvm2 puts the area, behind the label; elsewhere there is nothing to go by. */
  private static final int AREA = 4096;

  private static final int LENGTH = 512;
  private static final int MAGIC_AT = 4;
  private static final ByteBuffer MAGIC =
      ByteBuffer.wrap(" LVM2 x[5A%r0N*>".getBytes(StandardCharsets.US_ASCII));

  private static final int AREA_SIZE_AT = 32;

  /** Where in the area the metadata is: nowhere, on a volume that has left its group. */
  private static final int PLACE_AT = 40;

  private static final int SIZE_AT = 48;
  private static final int CHECKSUM_AT = 56;
  private static final int FLAGS_AT = 60;

  /** The area is not kept up to date. */
  private static final int IGNORED = 1;

  /** More than any group has; what says that it is larger is damaged. */
  private static final long MOST_TEXT = 64L << 20;

  /** lvm2's CRC-32 begins with this, and its end is not inverted (its {@code misc/crc.c}). */
  private static final int CHECKSUM_START = 0xf597a6cf;

  private static final int POLYNOMIAL = 0xedb88320;

  private final ByteBuffer header;

  private MetadataMark(ByteBuffer header) {
    this.header = header;
  }

  /**
   * Reads it.
   *
   * @param device a physical volume's device
   * @return empty when this one has no area that is kept up to date, or cannot be read
   */
  static Optional<MetadataMark> read(Path device) {
    ByteBuffer header = ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    try (BlockDevice area = BlockDevice.openRead(device)) {
      fill(header, area, AREA);
    } catch (IOException e) {
      return Optional.empty();
    }
    header.flip();
    return header.slice(MAGIC_AT, MAGIC.limit()).equals(MAGIC)
            && header.getLong(PLACE_AT) != 0
            && (header.getInt(FLAGS_AT) & IGNORED) == 0
        ? Optional.of(new MetadataMark(header))
        : Optional.empty();
  }

  /**
   * Fills a buffer from anywhere. Not from the page cache, which may keep what lvm2, past it, is
   * just writing anew.
   */
  private static void fill(ByteBuffer target, BlockDevice device, long offset) throws IOException {
    int skipped = (int) (offset % BlockDevice.BLOCK);
    int blocks = (skipped + target.remaining() + BlockDevice.BLOCK - 1) / BlockDevice.BLOCK;
    ByteBuffer whole = BlockDevice.buffer(blocks * BlockDevice.BLOCK);
    int read = device.read(offset - skipped, whole);
    if (read < skipped + target.remaining()) {
      throw new EOFException("the device ends");
    }
    target.put(whole.slice(skipped, target.remaining()));
  }

  /** Returns whether this and the mark of another physical volume stand for the same metadata. */
  boolean agreesWith(MetadataMark other) {
    return header.getLong(SIZE_AT) == other.header.getLong(SIZE_AT)
        && header.getInt(CHECKSUM_AT) == other.header.getInt(CHECKSUM_AT);
  }

  /**
   * Reads the metadata that it stands for, in lvm2's text format.
   *
   * @param device the device that it was read from
   * @return empty when it is not there any more, or cannot be read
   */
  Optional<String> text(Path device) {
    long place = header.getLong(PLACE_AT);
    long size = header.getLong(SIZE_AT);
    long area = header.getLong(AREA_SIZE_AT);
    if (place < LENGTH || place >= area || size <= 0 || size > Math.min(MOST_TEXT, area - LENGTH)) {
      return Optional.empty();
    }
    ByteBuffer text = ByteBuffer.allocate((int) size);
    // The area is a ring: what does not fit at its end goes on behind its header.
    int first = (int) Math.min(size, area - place);
    try (BlockDevice whole = BlockDevice.openRead(device)) {
      fill(text.slice(0, first), whole, AREA + place);
      fill(text.slice(first, (int) size - first), whole, AREA + LENGTH);
    } catch (IOException e) {
      return Optional.empty();
    }
    return checksum(text.array()) == header.getInt(CHECKSUM_AT)
        ? Optional.of(new String(text.array(), UTF_8))
        : Optional.empty();
  }

  static int checksum(byte[] bytes) {
    int sum = CHECKSUM_START;
    for (byte one : bytes) {
      sum ^= one & 0xff;
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        sum = (sum >>> 1) ^ ((sum & 1) == 0 ? 0 : POLYNOMIAL);
      }
    }
    return sum;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MetadataMark mark && mark.header.equals(header);
  }

  @Override
  public int hashCode() {
    return header.hashCode();
  }
}
