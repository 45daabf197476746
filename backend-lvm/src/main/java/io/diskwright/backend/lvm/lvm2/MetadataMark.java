package io.diskwright.backend.lvm.lvm2;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What tells, without a question to lvm2, that a group's metadata is as it was: the header of the
 * metadata area on one of its physical volumes ({@code struct mda_header} in lvm2's {@code
 * format_text/layout.h}). Every change of the group is committed by writing it anew, with the place
 * and the checksum of the new metadata, in which its sequence number is.
 */
public final class MetadataMark {
  /** Where lvm2 puts the area, behind the label; elsewhere there is nothing to go by. */
  private static final int AREA = 4096;

  private static final int LENGTH = 512;
  private static final int MAGIC_AT = 4;
  private static final ByteBuffer MAGIC =
      ByteBuffer.wrap(" LVM2 x[5A%r0N*>".getBytes(StandardCharsets.US_ASCII));

  /** Where the metadata is: nowhere, on a volume that has left its group. */
  private static final int PLACE_AT = 40;

  private static final int FLAGS_AT = 60;

  /** The area is not kept up to date. */
  private static final int IGNORED = 1;

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
  public static Optional<MetadataMark> read(Path device) {
    ByteBuffer header = ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(device)) {
      while (header.hasRemaining() && channel.read(header, AREA + header.position()) > 0) {}
    } catch (IOException e) {
      return Optional.empty();
    }
    return !header.hasRemaining()
            && header.slice(MAGIC_AT, MAGIC.limit()).equals(MAGIC)
            && header.getLong(PLACE_AT) != 0
            && (header.getInt(FLAGS_AT) & IGNORED) == 0
        ? Optional.of(new MetadataMark(header.flip()))
        : Optional.empty();
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
