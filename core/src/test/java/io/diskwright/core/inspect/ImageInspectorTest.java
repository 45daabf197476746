package io.diskwright.core.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.DiskFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images are what their bytes say, and are accepted only as that. */
class ImageInspectorTest extends InspectorTestBase {
  private static final int SIZE = 128 * 1024;

  private static byte[] with(int offset, String bytes) {
    byte[] image = new byte[SIZE];
    byte[] signature = bytes.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(signature, 0, image, offset, signature.length);
    return image;
  }

  private static byte[] mbr() {
    return with(510, "U\u00aa");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          QED  | 0  | QED_
          VMDK | 0  | KDMV
          VMDK | 0  | COWD
          VMDK | 0  | # Disk DescriptorFile
          VHDX | 0  | vhdxfile
          VHD  | 0  | conectix
          VDI  | 64 | \u007f\u0010\u00da\u00be
          """)
  void aBareSignatureIsKnownAndRefused(DiskFormat format, int offset, String signature)
      throws IOException {
    Verdict verdict = inspect(with(offset, signature.replace('_', '\0')));

    assertThat(verdict.format()).hasValue(format);
    assertThat(verdict.safe()).isFalse();
    assertThat(verdict.reasons()).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          LUKS\u00ba\u00be   | LUKS
          '\u001f\u008b'     | gzip
          \u00fd7zXZ_        | xz
          (\u00b5/\u00fd     | zstd
          BZh                | bzip2
          'PK\u0003\u0004'   | zip
          """)
  void whatIsNoDiskIsRefusedByItsName(String signature, String name) throws IOException {
    Verdict verdict = inspect(with(0, signature.replace('_', '\0')));

    assertThat(verdict.format()).isEmpty();
    assertThat(verdict.reasons()).singleElement().asString().contains(name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          510   | U\u00aa  | mbr
          512   | EFI PART | gpt
          32769 | CD001    | iso 9660
          """)
  void whatMachinesBootIsRaw(int offset, String signature, String name) throws IOException {
    Verdict verdict = inspect(with(offset, signature));

    assertThat(verdict.safe()).isTrue();
    assertThat(verdict.format()).hasValue(DiskFormat.RAW);
    assertThat(verdict.virtualSize()).hasValue(SIZE);
    assertThat(verdict.features()).contains(name);
  }

  @Test
  void aProtectiveMbrIsTakenForWhatItProtects() throws IOException {
    byte[] image = mbr();
    System.arraycopy("EFI PART".getBytes(StandardCharsets.US_ASCII), 0, image, 512, 8);

    assertThat(inspect(image).features()).contains("gpt");
  }

  @Test
  void aQcow2IsAccepted() throws IOException {
    Verdict verdict = inspect(Qcow2Bytes.valid().bytes());

    assertThat(verdict.reasons()).isEmpty();
    assertThat(verdict.format()).hasValue(DiskFormat.QCOW2);
    assertThat(verdict.virtualSize()).hasValue(1 << 20);
    assertThat(verdict.features()).contains("version 3", "cluster size 65536");
  }

  @Test
  void aQcow2ThatIsAnMbrTooIsRefused() throws IOException {
    byte[] image = Qcow2Bytes.valid().bytes();
    image[510] = 0x55;
    image[511] = (byte) 0xaa;

    assertThat(inspect(image).format()).hasValue(DiskFormat.QCOW2);
    assertThat(inspect(image).reasons())
        .containsExactly("it is several formats at once: qcow2, mbr");
  }

  @Test
  void bytesOfNoKnownBeginningAreNoImage() throws IOException {
    byte[] noise = new byte[5000];
    new Random(1).nextBytes(noise);
    noise[0] = 'x';

    Verdict verdict = inspect(noise);

    assertThat(verdict.safe()).isFalse();
    assertThat(verdict.format()).isEmpty();
    assertThat(verdict.virtualSize()).isEmpty();
    assertThat(verdict.reasons()).singleElement().asString().contains("declare it as raw");
  }

  @Test
  void bytesOfNoKnownBeginningAreRawWhenDeclaredSo() throws IOException {
    Verdict verdict = inspect(new byte[1024], DiskFormat.RAW);

    assertThat(verdict.safe()).isTrue();
    assertThat(verdict.virtualSize()).hasValue(1024);
  }

  @ParameterizedTest
  @EnumSource(
      value = DiskFormat.class,
      names = {"RAW"},
      mode = EnumSource.Mode.EXCLUDE)
  void bytesOfNoKnownBeginningAreNothingElse(DiskFormat declared) throws IOException {
    assertThat(inspect(new byte[1024], declared).safe()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = DiskFormat.class,
      names = {"QCOW2"},
      mode = EnumSource.Mode.EXCLUDE)
  void aQcow2IsNothingElse(DiskFormat declared) throws IOException {
    Verdict verdict = inspect(Qcow2Bytes.valid().bytes(), declared);

    assertThat(verdict.format()).hasValue(DiskFormat.QCOW2);
    assertThat(verdict.reasons())
        .singleElement()
        .isEqualTo("it is declared as %s and is qcow2".formatted(declared));
  }

  @ParameterizedTest
  @EnumSource(
      value = DiskFormat.class,
      names = {"RAW"},
      mode = EnumSource.Mode.EXCLUDE)
  void aBootableRawIsNothingElse(DiskFormat declared) throws IOException {
    assertThat(inspect(mbr(), declared).reasons())
        .singleElement()
        .isEqualTo("it is declared as %s and is raw".formatted(declared));
  }

  @Test
  void aForeignFormatIsNotAcceptedByDeclaringIt() throws IOException {
    assertThat(inspect(with(0, "KDMV"), DiskFormat.VMDK).safe()).isFalse();
    assertThat(inspect(with(0, "KDMV"), DiskFormat.RAW).safe()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"1, 512", "511, 512", "512, 512", "513, 1024", "1000000, 1000448"})
  void anOddSizeIsRoundedUpToASector(int length, long size) throws IOException {
    assertThat(inspect(new byte[length], DiskFormat.RAW).virtualSize()).hasValue(size);
  }

  @Test
  void aVirtualSizeUpToTheLimitIsAccepted() throws IOException {
    assertThat(inspect(1 << 20, Qcow2Bytes.valid().bytes()).safe()).isTrue();
    assertThat(inspect(SIZE, mbr()).safe()).isTrue();
  }

  @Test
  void aVirtualSizeAboveTheLimitIsRefused() throws IOException {
    assertThat(inspect((1 << 20) - 1, Qcow2Bytes.valid().bytes()).reasons())
        .singleElement()
        .asString()
        .contains("1048576", "limit of 1048575");
    assertThat(inspect(SIZE - 1, mbr()).reasons()).singleElement().asString().contains("limit");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 63, 66, 509, 511, 512, 519})
  void veryShortFilesAreNoImages(int length) throws IOException {
    byte[] bytes = new byte[length];
    bytes[0] = 'Q';

    assertThat(inspect(bytes).safe()).isFalse();
  }

  @Test
  void everythingThatIsWrongIsTold() throws IOException {
    Verdict verdict =
        inspect(
            1000,
            Qcow2Bytes.valid()
                .backing("/etc/passwd")
                .putLong(Qcow2Bytes.INCOMPATIBLE_FEATURES, 0x46)
                .putInt(Qcow2Bytes.CRYPT_METHOD, 1)
                .bytes(),
            DiskFormat.RAW);

    assertThat(verdict.reasons())
        .anyMatch(reason -> reason.contains("declared as raw"))
        .anyMatch(reason -> reason.contains("backing file"))
        .anyMatch(reason -> reason.contains("data file"))
        .anyMatch(reason -> reason.contains("0x40"))
        .anyMatch(reason -> reason.contains("corrupt"))
        .anyMatch(reason -> reason.contains("encrypted"))
        .anyMatch(reason -> reason.contains("limit"));
  }

  @Test
  void theImagesThatTheTestsBootAreAccepted() throws IOException {
    Path images = Path.of("../it-tests/images");

    Verdict raw = inspect(Long.MAX_VALUE, images.resolve("hello.raw"));
    Verdict qcow2 = inspect(Long.MAX_VALUE, images.resolve("hello.qcow2"));

    assertThat(raw.reasons()).isEmpty();
    assertThat(qcow2.reasons()).isEmpty();
    assertThat(raw.virtualSize()).isEqualTo(qcow2.virtualSize());
    assertThat(raw.virtualSize()).hasValue(Files.size(images.resolve("hello.raw")));
  }
}
