package io.diskwright.core.fill;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.call.Call;
import io.diskwright.toolkit.os.FileContent;
import io.diskwright.toolkit.os.NativeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same bytes have the same checksum, however they come; others have another. */
class BlockChecksumTest {
  private static final int BLOCK = 64 * 1024;

  @TempDir Path folder;

  /** Returns bytes of which some blocks are zero, some in part, and some not at all. */
  private static byte[] bytes(Random random, int size) {
    byte[] bytes = new byte[size];
    for (int at = 0; at < size; ) {
      int length = Math.min(size - at, 1 + random.nextInt(3 * BLOCK));
      if (random.nextBoolean()) {
        byte[] data = new byte[length];
        random.nextBytes(data);
        System.arraycopy(data, 0, bytes, at, length);
      }
      at += length;
    }
    return bytes;
  }

  /** As the Javadoc defines it, in the plainest way. */
  private static String expected(byte[] bytes) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (int block = 0; (long) block * BLOCK < bytes.length; block++) {
      byte[] one = Arrays.copyOfRange(bytes, block * BLOCK, (block + 1) * BLOCK);
      if (!Arrays.equals(one, new byte[BLOCK])) {
        CRC32C crc = new CRC32C();
        crc.update(one);
        digest.update(ByteBuffer.allocate(12).putLong(block).putInt((int) crc.getValue()).array());
      }
    }
    digest.update(ByteBuffer.allocate(8).putLong(bytes.length).array());
    return "blocks-crc32c:" + HexFormat.of().formatHex(digest.digest());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 512, BLOCK - 1, BLOCK, BLOCK + 1, 10 * BLOCK, 10 * BLOCK + 513})
  void itIsWhatItIsDefinedAs(int size) throws Exception {
    for (long seed = 0; seed < 20; seed++) {
      byte[] bytes = bytes(new Random(seed), size);
      BlockChecksum whole = new BlockChecksum();
      whole.update(0, ByteBuffer.wrap(bytes));
      assertThat(whole.end(size)).as("seed %d", seed).isEqualTo(expected(bytes));
    }
  }

  @Test
  void inWhateverPiecesTheBytesCome() throws Exception {
    for (long seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      byte[] bytes = bytes(random, 5 * BLOCK + random.nextInt(BLOCK));
      BlockChecksum checksum = new BlockChecksum();
      for (int at = 0; at < bytes.length; ) {
        int length = Math.min(bytes.length - at, 1 + random.nextInt(2 * BLOCK));
        byte[] piece = Arrays.copyOfRange(bytes, at, at + length);
        if (random.nextBoolean() || !Arrays.equals(piece, new byte[length])) {
          ByteBuffer direct = ByteBuffer.allocateDirect(length + 3).position(3);
          direct.put(piece).position(3);
          checksum.update(at, direct);
          assertThat(direct.position()).isEqualTo(3);
        }
        at += length;
      }
      assertThat(checksum.end(bytes.length)).as("seed %d", seed).isEqualTo(expected(bytes));
    }
  }

  @Test
  void zerosInAFileCountAsItsHolesDo() throws Exception {
    byte[] bytes = bytes(new Random(7), 20 * BLOCK + 512);
    Path dense = Files.write(folder.resolve("dense"), bytes);
    Path sparse = folder.resolve("sparse");
    try (NativeFile file = NativeFile.createNew(sparse, 0600)) {
      file.truncate(bytes.length);
      for (int at = 0; at < bytes.length; at += 4096) {
        byte[] page = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 4096));
        if (!Arrays.equals(page, new byte[page.length])) {
          file.write(at, ByteBuffer.wrap(page));
        }
      }
    }

    assertThat(checksum(dense)).isEqualTo(expected(bytes));
    assertThat(checksum(sparse)).isEqualTo(expected(bytes));
  }

  private static String checksum(Path path) throws IOException {
    NativeFile file = NativeFile.openRead(path);
    try (FileContent content = new FileContent(file, Files.size(path), "read")) {
      return BlockChecksum.of(content, "check", Call.within(Duration.ofMinutes(1)));
    }
  }

  @Test
  void everyChangedBitChangesIt() throws Exception {
    Random random = new Random(11);
    byte[] bytes = bytes(random, 8 * BLOCK);
    String before = expected(bytes);
    for (int i = 0; i < 200; i++) {
      int at = random.nextInt(bytes.length);
      bytes[at] ^= (byte) (1 << random.nextInt(8));
      BlockChecksum checksum = new BlockChecksum();
      checksum.update(0, ByteBuffer.wrap(bytes));
      assertThat(checksum.end(bytes.length)).isNotEqualTo(before);
      before = expected(bytes);
    }
  }

  @Test
  void blocksThatChangePlacesChangeIt() throws Exception {
    byte[] bytes = new byte[4 * BLOCK];
    new Random(3).nextBytes(bytes);
    byte[] swapped = bytes.clone();
    System.arraycopy(bytes, 0, swapped, BLOCK, BLOCK);
    System.arraycopy(bytes, BLOCK, swapped, 0, BLOCK);
    BlockChecksum checksum = new BlockChecksum();
    checksum.update(0, ByteBuffer.wrap(swapped));

    assertThat(checksum.end(swapped.length)).isNotEqualTo(expected(bytes));
  }

  @Test
  void zerosOfAnotherSizeHaveAnother() {
    assertThat(new BlockChecksum().end(BLOCK)).isNotEqualTo(new BlockChecksum().end(2 * BLOCK));
  }
}
