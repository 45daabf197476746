package io.diskwright.core.fill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** gzip is unpacked to its very end, and nothing but members may be there. */
class GzipStreamTest {
  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static byte[] packed(byte[]... members) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] member : members) {
      try (GZIPOutputStream one = new GZIPOutputStream(all)) {
        one.write(member);
      }
    }
    return all.toByteArray();
  }

  private static byte[] unpacked(byte[] bytes) throws IOException {
    try (InputStream stream = new GzipStream(new ByteArrayInputStream(bytes))) {
      return stream.readAllBytes();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 65_536, 1_000_000})
  void whatWasPackedIsUnpacked(int length) throws IOException {
    assertThat(unpacked(packed(random(length)))).isEqualTo(random(length));
  }

  @ParameterizedTest
  @ValueSource(ints = {65_503, 65_512, 65_513, 65_514, 65_535, 65_536, 70_000})
  void membersFollowEachOtherWhereverOneEnds(int length) throws IOException {
    byte[] first =
        random(length); // packed it is a little longer: it ends about where a buffer does

    assertThat(unpacked(packed(first, new byte[] {1, 2}, new byte[0], new byte[] {3})))
        .startsWith(first)
        .endsWith(1, 2, 3)
        .hasSize(length + 3);
  }

  @Test
  void everythingThatAHeaderMayHaveIsSkipped() throws IOException {
    byte[] plain = packed(new byte[] {5, 6});
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.write(plain, 0, 3);
    header.write(0x1f);
    header.write(plain, 4, 6);
    header.write(new byte[] {2, 0, 'x', 'y', 'n', 'a', 'm', 'e', 0, 'c', 0});
    CRC32 crc = new CRC32();
    crc.update(header.toByteArray());
    header.write((int) crc.getValue());
    header.write((int) crc.getValue() >>> 8);
    header.write(plain, 10, plain.length - 10);
    byte[] full = header.toByteArray();

    assertThat(unpacked(full)).containsExactly(5, 6);
    full[13] = 'z';
    assertThatThrownBy(() -> unpacked(full)).hasMessageContaining("header");
  }

  @Test
  void everyCutIsSeen() throws IOException {
    byte[] whole = packed(random(300), random(20));
    int first = packed(random(300)).length;
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      if (length != first) {
        assertThatThrownBy(() -> unpacked(cut)).as("%d", length).isInstanceOf(IOException.class);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 10, 100, 310, 315, 318, 322})
  void damageIsSeen(int offset) throws IOException {
    byte[] bytes = packed(random(300));
    bytes[offset] ^= (byte) 0xff;

    assertThatThrownBy(() -> unpacked(bytes)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10, 30, 100_000})
  void somethingElseBehindItIsRefused(int length) throws IOException {
    byte[] bytes = packed(random(300));
    byte[] more = Arrays.copyOf(bytes, bytes.length + length);

    assertThatThrownBy(() -> unpacked(more)).isInstanceOf(IOException.class);
    more[bytes.length] = 0x1f;
    assertThatThrownBy(() -> unpacked(more)).isInstanceOf(IOException.class);
  }

  @Test
  void aFailureToReadIsNotTheEnd() throws IOException {
    byte[] bytes = packed(random(300));
    InputStream failing =
        new ByteArrayInputStream(bytes) {
          @Override
          public synchronized int read(byte[] target, int offset, int length) {
            int read = super.read(target, offset, length);
            if (read < 0) {
              throw new UncheckedIOException(new IOException("connection reset"));
            }
            return read;
          }
        };

    try (InputStream stream = new GzipStream(failing)) {
      assertThatThrownBy(stream::readAllBytes).hasMessageContaining("connection reset");
    }
  }
}
