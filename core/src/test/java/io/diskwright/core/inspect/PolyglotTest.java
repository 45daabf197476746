package io.diskwright.core.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.DiskFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A file is one image only, of the format that it is declared to be, which the pool accepts. */
class PolyglotTest extends InspectorTestBase {
  private static final int ISO = 0x8001;

  /** Of every format one that is accepted. */
  private static final Map<DiskFormat, byte[]> ACCEPTED =
      Map.of(
          DiskFormat.RAW, mbr(new byte[64 * 1024]),
          DiskFormat.QCOW2, Qcow2Bytes.valid().bytes(),
          DiskFormat.VMDK, VmdkBytes.monolithicSparse().bytes(),
          DiskFormat.VHD, VhdBytes.dynamic().bytes(),
          DiskFormat.VHDX, VhdxBytes.valid().bytes(),
          DiskFormat.VDI, VdiBytes.valid().bytes());

  private static byte[] mbr(byte[] image) {
    return put(image, 510, "U\u00aa");
  }

  private static byte[] put(byte[] image, int offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, image, offset, bytes.length);
    return image;
  }

  private void assertRefused(byte[] image, String kinds) throws IOException {
    assertThat(inspect(image).reasons()).contains("it is several formats at once: " + kinds);
  }

  @ParameterizedTest
  @EnumSource(DiskFormat.class)
  void aDeclaredFormatMustBeTheDetectedOne(DiskFormat declared) throws IOException {
    for (Map.Entry<DiskFormat, byte[]> image : ACCEPTED.entrySet()) {
      Verdict verdict = inspect(image.getValue(), declared);

      assertThat(verdict.format()).as("%s", image.getKey()).hasValue(image.getKey());
      if (image.getKey() == declared) {
        assertThat(verdict.reasons()).isEmpty();
      } else {
        assertThat(verdict.reasons())
            .containsExactly("it is declared as %s and is %s".formatted(declared, image.getKey()));
      }
    }
  }

  @Test
  void whatIsNotDeclaredIsWhatItShows() throws IOException {
    for (Map.Entry<DiskFormat, byte[]> image : ACCEPTED.entrySet()) {
      assertThat(inspect(image.getValue()).reasons()).isEmpty();
      assertThat(inspect(image.getValue()).format()).hasValue(image.getKey());
    }
  }

  @Test
  void anMbrInAnotherFormatIsRefused() throws IOException {
    assertRefused(mbr(Qcow2Bytes.valid().bytes()), "qcow2, mbr");
    assertRefused(mbr(VdiBytes.valid().bytes()), "vdi, mbr");
    assertRefused(mbr(VmdkBytes.monolithicSparse().bytes()), "vmdk, mbr");
    assertRefused(mbr(VhdxBytes.valid().bytes()), "vhdx, mbr");
    assertRefused(mbr(VhdBytes.dynamic().bytes()), "vhd, mbr");
  }

  @Test
  void aFileSystemInAnotherFormatIsRefused() throws IOException {
    assertRefused(put(Qcow2Bytes.valid().bytes(), ISO, "CD001"), "qcow2, iso 9660");
    assertRefused(put(Qcow2Bytes.valid().bytes(), ISO + 2048, "NSR03"), "qcow2, udf");
    assertRefused(put(VdiBytes.valid().bytes(), ISO, "CD001"), "vdi, iso 9660");
    assertRefused(put(Qcow2Bytes.valid().bytes(), 4096, "EFI PART"), "qcow2, gpt");
  }

  @Test
  void twoFormatsInTheirHeadersAreRefused() throws IOException {
    byte[] image = VdiBytes.valid().bytes();
    assertRefused(put(image, 0, "QFI\u00fb"), "qcow2, vdi");
    assertRefused(put(VdiBytes.valid().bytes(), 0, "KDMV"), "vmdk, vdi");
    assertRefused(put(VdiBytes.valid().bytes(), 0, "LUKS\u00ba\u00be"), "vdi, luks");
  }

  @Test
  void theFooterOfAVhdBehindAnotherFormatIsRefused() throws IOException {
    for (DiskFormat format : EnumSet.of(DiskFormat.QCOW2, DiskFormat.VMDK, DiskFormat.VDI)) {
      byte[] image = ACCEPTED.getOrDefault(format, new byte[0]);
      byte[] both = Arrays.copyOf(image, image.length + 512);
      byte[] vhd = VhdBytes.fixed().bytes();
      System.arraycopy(vhd, vhd.length - 512, both, image.length, 512);

      assertRefused(both, format + ", vhd");
      both[image.length + 64] ^= 1; // whatever its checksum: not every reader looks
      assertRefused(both, format + ", vhd");
    }
  }

  @Test
  void theFooterOfAVhdBehindAVhdxIsFoundWhateverIsLeftOut() throws IOException {
    VhdxBytes image = VhdxBytes.valid();
    byte[] vhd = VhdBytes.fixed().bytes();
    int end = image.length();
    image.resize(end + 512).put(end, Arrays.copyOfRange(vhd, vhd.length - 512, vhd.length));

    assertRefused(image.bytes(), "vhdx, vhd");
  }

  @Test
  void aBootableIsoIsOneImage() throws IOException {
    byte[] iso = put(new byte[128 * 1024], ISO, "CD001");
    assertThat(inspect(mbr(iso)).reasons()).isEmpty();
    assertThat(inspect(put(mbr(iso), 512, "EFI PART")).reasons()).isEmpty();
    assertThat(inspect(put(iso, ISO + 2048, "NSR02"))).satisfies(this::isRawAndSafe);
    assertThat(inspect(iso).features()).containsExactly("iso 9660", "udf", "gpt", "mbr");
  }

  @ParameterizedTest
  @ValueSource(ints = {ISO, ISO + 2048, ISO + 15 * 2048 - 2048})
  void udfIsFoundWhereItMayBe(int offset) throws IOException {
    Verdict verdict = inspect(put(new byte[128 * 1024], offset, "NSR03"));

    assertThat(verdict).satisfies(this::isRawAndSafe);
    assertThat(verdict.features()).containsExactly("udf");
  }

  private void isRawAndSafe(Verdict verdict) {
    assertThat(verdict.reasons()).isEmpty();
    assertThat(verdict.format()).hasValue(DiskFormat.RAW);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void luksIsRefusedWhateverItsVersion(int version) throws IOException {
    byte[] image = put(new byte[128 * 1024], 0, "LUKS\u00ba\u00be\0" + (char) version);
    for (DiskFormat[] declared : new DiskFormat[][] {{}, {DiskFormat.RAW}}) {
      Verdict verdict = inspect(image, declared);

      assertThat(verdict.reasons()).anyMatch(said -> said.contains("encrypted LUKS"));
      assertThat(verdict.detected()).isEqualTo("luks");
      assertThat(verdict.features()).contains("version " + version);
    }
  }

  @Test
  void qedIsAlwaysRefused() throws IOException {
    byte[] image = put(new byte[128 * 1024], 0, "QED\0");
    for (DiskFormat[] declared : new DiskFormat[][] {{}, {DiskFormat.QED}}) {
      assertThat(inspect(image, declared).reasons()).containsExactly("qed is never accepted");
    }
  }

  @Test
  void aFormatThatThePoolDoesNotAcceptIsRefused() throws IOException {
    for (Map.Entry<DiskFormat, byte[]> image : ACCEPTED.entrySet()) {
      InspectionRules others =
          new InspectionRules(EnumSet.complementOf(EnumSet.of(image.getKey())), Long.MAX_VALUE);
      InspectionRules only = new InspectionRules(Set.of(image.getKey()), Long.MAX_VALUE);

      assertThat(inspect(others, image.getValue()).reasons())
          .containsExactly(
              "its format is %s, which the pool does not accept".formatted(image.getKey()));
      assertThat(inspect(only, image.getValue()).reasons()).isEmpty();
    }
  }

  @Test
  void aVirtualSizeAboveTheLimitIsRefusedInEveryFormat() throws IOException {
    for (Map.Entry<DiskFormat, byte[]> image : ACCEPTED.entrySet()) {
      long size = inspect(image.getValue()).virtualSize().orElseThrow();

      assertThat(inspect(size, image.getValue()).reasons()).isEmpty();
      assertThat(inspect(size - 1, image.getValue()).reasons())
          .containsExactly(
              "its virtual size is %d bytes, above the limit of %d".formatted(size, size - 1));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 511})
  void theBeginningOfAnImageIsNone(int length) throws IOException {
    for (Map.Entry<DiskFormat, byte[]> image : ACCEPTED.entrySet()) {
      byte[] start = Arrays.copyOf(image.getValue(), length);
      assertThat(inspect(start).safe()).isFalse();
      if (image.getKey() != DiskFormat.RAW) {
        assertThat(inspect(start, image.getKey()).safe()).isFalse();
      }
    }
  }

  @Test
  void anEmptyFileIsNoImageWhateverItIsDeclared() throws IOException {
    InspectionRules rules = InspectionRules.all(Long.MAX_VALUE);
    for (DiskFormat declared : DiskFormat.values()) {
      Verdict verdict = new Inspection(Optional.of(declared), rules).end();
      assertThat(verdict.reasons()).contains("it is empty");
    }
    assertThat(new Inspection(Optional.empty(), rules).end().safe()).isFalse();
  }
}
