package io.diskwright.backend.lvm.lvm2;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataMarkTest {
  private static final int AREA = 4096;
  private static final int FIRST_LOCATION = AREA + 40;

  @TempDir Path folder = Path.of("");

  private Path device(byte[] bytes) throws IOException {
    return Files.write(Files.createTempFile(folder, "pv", ""), bytes);
  }

  private static byte[] bytes() {
    byte[] bytes = new byte[AREA + 512];
    byte[] magic = " LVM2 x[5A%r0N*>".getBytes(US_ASCII);
    System.arraycopy(magic, 0, bytes, AREA + 4, magic.length);
    bytes[FIRST_LOCATION] = 7;
    return bytes;
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
    left[FIRST_LOCATION] = 0;
    byte[] foreign = bytes();
    foreign[AREA + 4] = 'x';

    assertThat(MetadataMark.read(device(ignored))).isEmpty();
    assertThat(MetadataMark.read(device(left))).isEmpty();
    assertThat(MetadataMark.read(device(foreign))).isEmpty();
    assertThat(MetadataMark.read(device(Arrays.copyOf(bytes(), AREA + 511)))).isEmpty();
    assertThat(MetadataMark.read(folder.resolve("none"))).isEmpty();
  }
}
