package io.diskwright.core.fill;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The checksum of content, for which zeros cost nothing, however they are stored; one thread.
 *
 * <p>SHA-256 over the number (8 bytes) and the CRC-32C (4 bytes) of every block of 64 KiB that is
 * not all zero, in their order, and the size (8 bytes), all big-endian; the last block is filled up
 * with zeros. It finds damage. It is no proof against forgery, which is what the digest of an image
 * is for.
 */
public final class BlockChecksum {
  private static final String ALGORITHM = "blocks-crc32c";
  static final int BLOCK = 64 * 1024;
  private static final int ENTRY = Long.BYTES + Integer.BYTES;
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(BLOCK).asReadOnlyBuffer();

  private final MessageDigest blocks;
  private final CRC32C block = new CRC32C();
  private final ByteBuffer entry = ByteBuffer.allocate(ENTRY);
  private long position;
  private boolean blockIsZero = true;

  /** Starts a checksum of content of which nothing has come by yet. */
  public BlockChecksum() {
    try {
      this.blocks = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * Reads content and returns its checksum.
   *
   * @param content the content
   * @param tried what it is for, as it would follow "cannot"
   * @param call deadline, cancellation, and progress of step "checking"
   * @throws DiskException when it cannot be read, with reason {@code CORRUPT} when it ends early
   */
  public static String of(Content content, String tried, Call call) throws DiskException {
    try (ChecksumReader reader = new ChecksumReader(content, tried, call)) {
      return reader.run();
    }
  }

  /**
   * Returns the numbers and sums of the blocks in some bytes that are not all zero, for {@link
   * #append}.
   *
   * @param offset where the bytes are in the content: the start of a block
   * @param bytes up to the end of a block, or of the content
   */
  static ByteBuffer sums(long offset, ByteBuffer bytes) {
    int count = (bytes.remaining() + BLOCK - 1) / BLOCK;
    ByteBuffer sums = ByteBuffer.allocate(count * ENTRY);
    CRC32C crc = new CRC32C();
    for (int at = 0; at < bytes.remaining(); at += BLOCK) {
      int length = Math.min(BLOCK, bytes.remaining() - at);
      ByteBuffer block = bytes.slice(bytes.position() + at, length);
      if (block.mismatch(ZEROS.slice(0, length)) >= 0) {
        crc.reset();
        crc.update(block);
        crc.update(ZEROS.slice(0, BLOCK - length));
        sums.putLong((offset + at) / BLOCK).putInt((int) crc.getValue());
      }
    }
    return sums.flip();
  }

  /** Takes the sums of whole blocks that lie behind all that came before. */
  void append(ByteBuffer sums) {
    blocks.update(sums);
  }

  /** Takes bytes that lie behind all that came before; leaves the buffer as it is. */
  public void update(long offset, ByteBuffer bytes) {
    skipTo(offset);
    ByteBuffer rest = bytes.duplicate();
    while (rest.hasRemaining()) {
      int length = (int) Math.min(rest.remaining(), BLOCK - position % BLOCK);
      ByteBuffer piece = rest.slice(rest.position(), length);
      rest.position(rest.position() + length);
      blockIsZero = blockIsZero && piece.mismatch(ZEROS.slice(0, length)) < 0;
      block.update(piece);
      advance(length);
    }
  }

  /** What is left out is zero. */
  private void skipTo(long offset) {
    long start = position % BLOCK;
    if (start != 0) {
      int length = (int) Math.min(offset - position, BLOCK - start);
      block.update(ZEROS.slice(0, length));
      advance(length);
    }
    if (position < offset) {
      int lead = (int) (offset % BLOCK);
      block.update(ZEROS.slice(0, lead));
      position = offset;
    }
  }

  private void advance(int length) {
    position += length;
    if (position % BLOCK == 0) {
      endBlock(position / BLOCK - 1);
    }
  }

  private void endBlock(long number) {
    if (!blockIsZero) {
      blocks.update(entry.clear().putLong(number).putInt((int) block.getValue()).flip());
    }
    block.reset();
    blockIsZero = true;
  }

  /** Ends it; what has not come by is zero. */
  public String end(long size) {
    skipTo(size);
    long tail = position % BLOCK;
    if (tail != 0) {
      block.update(ZEROS.slice(0, (int) (BLOCK - tail)));
      endBlock(position / BLOCK);
    }
    blocks.update(entry.clear().putLong(size).flip());
    return ALGORITHM + ':' + HexFormat.of().formatHex(blocks.digest());
  }

  /** Returns whether a checksum is one that this class makes. */
  public static boolean knows(String checksum) {
    return checksum.startsWith(ALGORITHM + ':');
  }
}
