package io.diskwright.backend.lvm.lvm2;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataMarkTest {
  private static final int AREA = PhysicalVolume.AREA;
  private static final int FIRST_LOCATION = AREA + PhysicalVolume.PLACE;
  private static final String TEXT = "vg {\n" + "x".repeat(5000) + "}\n\0";

  @TempDir Path folder = Path.of("");

  private Path device(byte[] bytes) throws IOException {
    return Files.write(Files.createTempFile(folder, "pv", ""), bytes);
  }

  private static byte[] bytes() {
    return bytes(512);
  }

  private static byte[] bytes(int place) {
    return PhysicalVolume.bytes(TEXT.getBytes(US_ASCII), place);
  }

  @Test
  void theSameHeaderHasTheSameMark() throws IOException {
    MetadataMark mark = MetadataMark.read(device(bytes())).orElseThrow();

    assertThat(MetadataMark.read(device(bytes()))).contains(mark);
    assertThat(mark).hasSameHashCodeAs(MetadataMark.read(device(bytes())).orElseThrow());
  }

  @Test
  void eachByteOfTheHeaderCounts() throws IOException {
    MetadataMark mark = MetadataMark.read(device(bytes())).orElseThrow();
    byte[] later = bytes();
    later[FIRST_LOCATION + 16]++; // the checksum of the metadata

    assertThat(MetadataMark.read(device(later)).orElseThrow()).isNotEqualTo(mark);
  }

  @Test
  void whatIsNoHeaderIsNothingToGoBy() throws IOException {
    byte[] ignored = bytes();
    ignored[FIRST_LOCATION + 20] = 1;
    byte[] left = bytes();
    Arrays.fill(left, FIRST_LOCATION, FIRST_LOCATION + 8, (byte) 0);
    byte[] foreign = bytes();
    foreign[AREA + 4] = 'x';

    assertThat(MetadataMark.read(device(ignored))).isEmpty();
    assertThat(MetadataMark.read(device(left))).isEmpty();
    assertThat(MetadataMark.read(device(foreign))).isEmpty();
    assertThat(MetadataMark.read(device(Arrays.copyOf(bytes(), AREA)))).isEmpty();
    assertThat(MetadataMark.read(folder.resolve("none"))).isEmpty();
  }

  @Test
  void theMetadataIsReadWhereverItIsInTheRing() throws IOException {
    for (int place : new int[] {512, 1024, 4096, 7680}) {
      Path device = device(bytes(place));

      assertThat(MetadataMark.read(device).orElseThrow().text(device)).contains(TEXT);
    }
  }

  @Test
  void metadataThatDoesNotFitItsHeaderIsNone() throws IOException {
    byte[] bytes = bytes();
    Path device = device(bytes);
    MetadataMark mark = MetadataMark.read(device).orElseThrow();
    bytes[AREA + 1000]++;

    assertThat(mark.text(device(bytes))).isEmpty();
    assertThat(mark.text(folder.resolve("none"))).isEmpty();
    assertThat(mark.text(device(Arrays.copyOf(bytes(), AREA + 4096)))).isEmpty();
  }

  @Test
  void aPlaceOutsideTheAreaIsNone() throws IOException {
    for (int at : new int[] {FIRST_LOCATION + 6, FIRST_LOCATION + 14, FIRST_LOCATION + 15}) {
      byte[] bytes = bytes();
      bytes[at] = (byte) 0xff;
      Path device = device(bytes);

      assertThat(MetadataMark.read(device).orElseThrow().text(device)).isEmpty();
    }
  }

  @Test
  void theMarksOfPhysicalVolumesAgreeWhereverTheMetadataIs() throws IOException {
    MetadataMark mark = MetadataMark.read(device(bytes(512))).orElseThrow();
    byte[] other = PhysicalVolume.bytes("other".getBytes(US_ASCII), 512);

    assertThat(mark.agreesWith(MetadataMark.read(device(bytes(1024))).orElseThrow())).isTrue();
    assertThat(mark.agreesWith(MetadataMark.read(device(other)).orElseThrow())).isFalse();
  }

  /** Of a header of lvm2's 2.03.16, whose own checksum comes first in it. */
  @Test
  void theChecksumIsLvm2s() {
    ByteBuffer header = ByteBuffer.allocate(512 - 4).order(ByteOrder.LITTLE_ENDIAN);
    header.put(" LVM2 x[5A%r0N*>".getBytes(US_ASCII)).putInt(1).putLong(4096).putLong(0xff000);
    header.putLong(44032).putLong(3980).putInt((int) 3343239971L).putInt(0);

    assertThat(MetadataMark.checksum(header.array())).isEqualTo(0x2c08bb9e);
  }
}
