package io.diskwright.toolkit.qcow2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskwright.toolkit.os.NativeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers are read from untrusted bytes: anything that is no header is refused as such. */
class Qcow2HeaderTest {
  private static final int BACKING_OFFSET = 8;
  private static final int BACKING_LENGTH = 16;
  private static final int HEADER_LENGTH = 100;

  @TempDir Path folder;
  private ByteBuffer bytes = ByteBuffer.allocate(0);

  @BeforeEach
  void writeAnOverlay() throws IOException {
    Path path = folder.resolve("overlay");
    try (NativeFile file = NativeFile.createNew(path, 0600)) {
      Qcow2Image.blank(1 << 20, 65536, false).over("base", "raw").write(file);
    }
    bytes = ByteBuffer.wrap(Files.readAllBytes(path)).limit(65536).order(ByteOrder.BIG_ENDIAN);
  }

  private void assertRefused(String rule) {
    assertThatThrownBy(() -> Qcow2Header.read(bytes))
        .isInstanceOf(Qcow2FormatException.class)
        .hasMessageContaining(rule);
  }

  @Test
  void readingLeavesTheBufferAsItIs() throws IOException {
    ByteBuffer shifted = ByteBuffer.allocate(bytes.limit() + 10);
    shifted.position(10).put(bytes.duplicate()).flip().position(10);

    assertThat(Qcow2Header.read(shifted).backingFile()).hasValue("base");
    assertThat(shifted.position()).isEqualTo(10);
    assertThat(shifted.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
    assertThat(Qcow2Header.hasMagic(shifted)).isTrue();
  }

  @Test
  void fewerThanFourBytesHaveNoMagic() {
    assertThat(Qcow2Header.hasMagic(ByteBuffer.allocate(3))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 71, 72, 103})
  void anEndWithinTheHeaderIsRefused(int length) {
    bytes.limit(length);

    assertRefused("ends within the header");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, -1, Integer.MIN_VALUE})
  void otherVersionsAreRefused(int version) {
    bytes.putInt(4, version);

    assertRefused("version");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8, 22, 31, 32, 64, -1, Integer.MAX_VALUE})
  void otherClusterSizesAreRefused(int clusterBits) {
    bytes.putInt(20, clusterBits);

    assertRefused("cluster size");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 72, 103, 105, 65544, -8, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void otherHeaderLengthsAreRefused(int length) {
    bytes.putInt(HEADER_LENGTH, length);

    assertRefused("header length");
  }

  @ParameterizedTest
  @CsvSource({
    "300, 0",
    "300, -1",
    "300, 1024",
    "65535, 2",
    "65536, 1",
    "-1, 4",
    "-9223372036854775808, 4",
    "9223372036854775807, 1",
    "9223372036854775807, 1023",
    "9223372036854775000, 1000",
    "4294967400, 4"
  })
  void aBackingNameOutsideTheFirstClusterIsRefused(long offset, int length) {
    bytes.putLong(BACKING_OFFSET, offset).putInt(BACKING_LENGTH, length);

    assertRefused("backing file name");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65536, Integer.MAX_VALUE, Integer.MIN_VALUE, 65536 - 112 - 7})
  void anExtensionBehindTheHeaderIsRefused(int length) {
    bytes.putLong(BACKING_OFFSET, 0).putInt(112 + 4, length);

    assertRefused("extension");
  }

  @Test
  void anExtensionMayReachToTheEnd() throws IOException {
    bytes.putLong(BACKING_OFFSET, 0).putInt(112, 0x12345678).putInt(116, 65536 - 120);

    assertThat(Qcow2Header.read(bytes).backingFormat()).isEmpty();
  }

  @Test
  void anExtensionThatNamesADataFileIsSeen() throws IOException {
    byte[] name = "/etc/passwd".getBytes(StandardCharsets.US_ASCII);
    bytes.putLong(BACKING_OFFSET, 0).putInt(112, 0x44415441).putInt(116, name.length);
    bytes.put(120, name).putLong(136, 0);

    assertThat(Qcow2Header.read(bytes).externalDataFile()).isTrue();
  }

  @Test
  void version2HasNoFeaturesAndItsExtensionsFollowItsShortHeader() throws IOException {
    bytes.putInt(4, 2).putLong(BACKING_OFFSET, 0).putInt(72, 0);

    Qcow2Header header = Qcow2Header.read(bytes);

    assertThat(header.version()).isEqualTo(2);
    assertThat(header.incompatibleFeatures()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void randomBytesAreAHeaderOrRefused(long seed) {
    Random random = new Random(seed);
    byte[] original = new byte[bytes.limit()];
    bytes.get(0, original);
    int read = 0;
    for (int i = 0; i < 4000; i++) {
      byte[] changed = original.clone();
      for (int changes = 1 + random.nextInt(6); changes > 0; changes--) {
        changed[8 + random.nextInt(160)] = (byte) nasty(random);
      }
      try {
        Qcow2Header header = Qcow2Header.read(ByteBuffer.wrap(changed));
        assertThat(header.clusterBits()).isBetween(9, 21);
        read++;
      } catch (Qcow2FormatException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
    assertThat(read).as("some changes do no harm").isPositive();
  }

  private static int nasty(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> 0xff;
      case 2 -> 0x7f;
      default -> random.nextInt();
    };
  }
}
