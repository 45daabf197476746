package io.diskwright.core.fill;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.luben.zstd.ZstdOutputStream;
import io.diskwright.core.inspect.InspectionRules;
import io.diskwright.core.source.FileSourceProvider;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Images that are compressed as a whole: hostile ones are refused, with little written. */
class PackedImageTest {
  private static final Call CALL = Call.within(Duration.ofMinutes(5));
  private static final int MIB = 1024 * 1024;
  private static final long LIMIT = 256L * MIB;
  private static final long EXPANSION = 100;
  private static final Pattern WRITTEN = Pattern.compile("unpack to ([0-9]+) of data");

  @TempDir Path folder;
  private Path spool;

  @BeforeEach
  void prepare() throws IOException {
    spool = Files.createDirectory(folder.resolve("spool"));
  }

  private static OutputStream packer(Packing packing, OutputStream to) throws IOException {
    return switch (packing) {
      case GZIP -> new GZIPOutputStream(to);
      case XZ -> new XZOutputStream(to, new LZMA2Options(0));
      case ZSTD -> new ZstdOutputStream(to).setChecksum(true);
    };
  }

  private static byte[] packed(Packing packing, byte[] bytes, int times) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream stream = packer(packing, packed)) {
      for (int i = 0; i < times; i++) {
        stream.write(bytes);
      }
    }
    return packed.toByteArray();
  }

  private static byte[] disk(int length) {
    byte[] disk = new byte[length];
    new Random(length).nextBytes(disk);
    disk[510] = 0x55;
    disk[511] = (byte) 0xaa;
    return disk;
  }

  private long fetch(byte[] packed, DiskFormat... declared) throws IOException {
    Path file = Files.write(folder.resolve("image"), packed);
    ImageRequest request = ImageRequest.of("file:" + file);
    if (declared.length > 0) {
      request = request.withFormat(declared[0]);
    }
    try (ImageSource source = new FileSourceProvider().open(Settings.builder().build())) {
      Image image = source.resolve(request, CALL);
      try (ImageData data = source.open(image, CALL)) {
        InspectionRules rules = InspectionRules.all(LIMIT);
        ImageFetch fetch = new ImageFetch(image, data, rules, size -> {}, spool, EXPANSION, CALL);
        try (FetchedImage fetched = fetch.run()) {
          return fetched.verdict().virtualSize().orElseThrow();
        }
      }
    }
  }

  private DiskException refused(byte[] packed, DiskFormat... declared) throws IOException {
    DiskException refused =
        catchThrowableOfType(DiskException.class, () -> fetch(packed, declared));
    assertThat(refused.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    try (Stream<Path> left = Files.list(spool)) {
      assertThat(left).isEmpty();
    }
    return refused;
  }

  @ParameterizedTest
  @EnumSource(Packing.class)
  void whatIsNotSpoiledIsAccepted(Packing packing) throws IOException {
    assertThat(fetch(packed(packing, disk(100_000), 1))).isEqualTo(100_352);
  }

  @ParameterizedTest
  @EnumSource(Packing.class)
  void severalPartsOneBehindTheOtherAreOneImage(Packing packing) throws IOException {
    byte[] one = packed(packing, disk(65_536), 1);
    byte[] two = Arrays.copyOf(one, 2 * one.length);
    System.arraycopy(one, 0, two, one.length, one.length);

    assertThat(fetch(two)).isEqualTo(2 * 65_536);
  }

  @ParameterizedTest
  @EnumSource(Packing.class)
  void damageIsRefused(Packing packing) throws IOException {
    byte[] packed = packed(packing, disk(100_000), 1);
    packed[packed.length / 2] ^= 0x55;
    packed[packed.length - 3] ^= 0x55;

    assertThat(refused(packed)).hasMessageContaining("packed by " + packing.id() + ", and damaged");
  }

  @ParameterizedTest
  @EnumSource(Packing.class)
  void whatWasCutOffIsRefused(Packing packing) throws IOException {
    byte[] packed = packed(packing, disk(100_000), 1);
    for (int length : new int[] {20, packed.length / 2, packed.length - 9, packed.length - 1}) {
      assertThat(refused(Arrays.copyOf(packed, length)))
          .as("%d bytes", length)
          .hasMessageContaining("damaged");
    }
  }

  @ParameterizedTest
  @EnumSource(Packing.class)
  void somethingElseBehindItIsRefused(Packing packing) throws IOException {
    byte[] packed = packed(packing, disk(100_000), 1);
    byte[] more = Arrays.copyOf(packed, packed.length + 5000);
    Arrays.fill(more, packed.length, more.length, (byte) 'x');

    assertThat(refused(more)).hasMessageContaining("damaged");
  }

  @ParameterizedTest
  @EnumSource(Packing.class)
  void packedTwiceIsRefused(Packing packing) throws IOException {
    for (Packing inner : Packing.values()) {
      byte[] once = packed(inner, disk(100_000), 1);

      assertThat(refused(packed(packing, once, 1)))
          .hasMessageContaining("file of " + inner.id() + ", no image");
    }
  }

  @ParameterizedTest
  @EnumSource(Packing.class)
  void nothingInItIsRefused(Packing packing) throws IOException {
    assertThat(refused(packed(packing, new byte[0], 1))).hasMessageContaining("not an image");
    assertThat(refused(packed(packing, new byte[0], 1), DiskFormat.RAW))
        .hasMessageContaining("it is empty");
  }

  @ParameterizedTest
  @EnumSource(Packing.class)
  void aDeclaredFormatIsThatOfWhatIsInIt(Packing packing) throws IOException {
    byte[] packed = packed(packing, disk(100_000), 1);

    assertThat(fetch(packed, DiskFormat.RAW)).isEqualTo(100_352);
    assertThat(refused(packed, DiskFormat.QCOW2)).hasMessageContaining("declared as qcow2");
  }

  @ParameterizedTest
  @EnumSource(Packing.class)
  void aBombOfDataIsRefusedWithLittleWritten(Packing packing) throws IOException {
    byte[] block = new byte[MIB];
    Arrays.fill(block, (byte) 'A');
    block[510] = 0x55;
    block[511] = (byte) 0xaa;
    byte[] bomb = packed(packing, block, 160);
    assertThat(bomb.length).isLessThan(MIB);

    Matcher written = WRITTEN.matcher(String.valueOf(refused(bomb).getMessage()));

    assertThat(written.find()).isTrue();
    assertThat(Long.parseLong(written.group(1))).isLessThanOrEqualTo(110L * MIB);
  }

  @ParameterizedTest
  @EnumSource(Packing.class)
  void aBombOfZerosEndsAtTheLimitOfTheVirtualSize(Packing packing) throws IOException {
    byte[] bomb = packed(packing, new byte[MIB], 300);

    assertThat(refused(bomb, DiskFormat.RAW))
        .hasMessageContaining("unpacks to more than the limit of " + LIMIT);
  }

  @ParameterizedTest
  @EnumSource(Packing.class)
  void anImageThatIsRefusedIsNotUnpackedToItsEnd(Packing packing) throws IOException {
    byte[] qed = new byte[MIB];
    System.arraycopy("QED\0".getBytes(ISO_8859_1), 0, qed, 0, 4);
    byte[] packed = packed(packing, qed, 300); // its end is above the limit

    assertThat(refused(packed)).hasMessageContaining("qed is never accepted");
  }

  @Test
  void xzThatWantsMuchMemoryIsRefused() throws IOException {
    byte[] packed = packed(Packing.XZ, disk(100_000), 1);
    int header =
        12; // of the first block: its length, flags, one filter: its id, 1 byte, dictionary
    packed[header + 4] = 30; // 128 MiB
    int length = (packed[header] + 1) * 4 - 4;
    CRC32 crc = new CRC32();
    crc.update(packed, header, length);
    ByteBuffer.wrap(packed)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(header + length, (int) crc.getValue());

    assertThat(refused(packed)).hasMessageContaining("memory");
  }

  @Test
  void zstdWithAWindowAboveTheLimitIsRefused() throws IOException {
    assertThat(fetch(zstdOfWindow(27))).isEqualTo(1024);
    for (int log : new int[] {28, 31, 41}) {
      assertThat(refused(zstdOfWindow(log))).hasMessageContaining("damaged");
    }
  }

  /** A frame of one block that is not compressed. */
  private static byte[] zstdOfWindow(int log) {
    byte[] disk = disk(1024);
    return ByteBuffer.allocate(6 + 3 + disk.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(0xfd2fb528)
        .put((byte) 0)
        .put((byte) ((log - 10) << 3))
        .put((byte) (1 | (disk.length << 3)))
        .putShort((short) (disk.length >> 5))
        .put(disk)
        .array();
  }
}
