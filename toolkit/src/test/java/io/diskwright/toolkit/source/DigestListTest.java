package io.diskwright.toolkit.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.ImageRequest;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists as the usual tools write them. */
class DigestListTest {
  private static final String MD5 = "0123456789abcdef".repeat(2);
  private static final String SHA256 = "0123456789abcdef".repeat(4);
  private static final String OTHER256 = "fedcba9876543210".repeat(4);
  private static final String SHA512 = "0123456789abcdef".repeat(8);

  private static Digest find(String name, String... lines) throws DiskException {
    return new DigestList(
            "LIST", (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8))
        .find(name);
  }

  private static void assertRefused(String said, String name, String... lines) {
    DiskException failure = catchThrowableOfType(DiskException.class, () -> find(name, lines));
    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContaining(said).hasMessageContaining("LIST");
    assertThat(failure.remedy()).isPresent();
  }

  @Test
  void gnuLists() throws DiskException {
    assertThat(find("a.raw", OTHER256 + "  b.raw", SHA256 + "  a.raw"))
        .hasToString("sha256:" + SHA256);
    assertThat(find("a.raw", SHA256 + " *a.raw")).hasToString("sha256:" + SHA256);
    assertThat(find("a.raw", SHA512 + "  a.raw")).hasToString("sha512:" + SHA512);
    assertThat(find("a.raw", MD5 + "  a.raw")).hasToString("md5:" + MD5);
    assertThat(find("a.raw", SHA256.toUpperCase(java.util.Locale.ROOT) + "  ./a.raw\r"))
        .hasToString("sha256:" + SHA256);
    assertThat(find("a b  c.raw", SHA256 + "  a b  c.raw")).hasToString("sha256:" + SHA256);
    assertThat(find("a\\b\nc", "\\" + SHA256 + "  a\\\\b\\nc")).hasToString("sha256:" + SHA256);
  }

  @Test
  void bsdLists() throws DiskException {
    assertThat(find("a.raw", "SHA256 (a.raw) = " + SHA256)).hasToString("sha256:" + SHA256);
    assertThat(find("a.raw", "SHA2-256(a.raw)= " + SHA256, "SHA512(a.raw)= " + SHA512))
        .hasToString("sha512:" + SHA512);
    assertThat(find("a (1).raw", "MD5 (a (1).raw) = " + MD5)).hasToString("md5:" + MD5);
  }

  @Test
  void theStrongestAlgorithmCounts() throws DiskException {
    assertThat(find("a", MD5 + "  a", SHA512 + "  a", SHA256 + "  a"))
        .hasToString("sha512:" + SHA512);
    assertThat(find("a", "x".repeat(40) + "  a", SHA256 + "  a")).hasToString("sha256:" + SHA256);
  }

  @Test
  void whatIsNotAnEntryIsPassedOver() throws DiskException {
    assertThat(
            find(
                "a",
                "-----BEGIN PGP SIGNED MESSAGE-----",
                "Hash: SHA256",
                "",
                "# a: 123 bytes",
                SHA256 + "  a",
                SHA256 + "  a",
                "-----BEGIN PGP SIGNATURE-----",
                "iQIzBAEBCAAdFiEE"))
        .hasToString("sha256:" + SHA256);
  }

  @Test
  void anImageThatIsNotListedOrListedDifferentlyIsRefused() {
    assertRefused("no sha256, sha512 or md5 digest of 'a.raw'", "a.raw", SHA256 + "  b.raw");
    assertRefused("'a'", "a", "");
    assertRefused("'a'", "a", SHA256 + "  x/a", SHA256 + "  aa", SHA256 + " a", SHA256 + "a");
    assertRefused("'a'", "a", "0".repeat(40) + "  a", "SHA1 (a) = " + "0".repeat(40));
    assertRefused("'a'", "a", "SHA512 (a) = " + SHA256, "SHA256 (a) = " + SHA256 + "0");
    assertRefused("twice", "a", SHA256 + "  a", "SHA256 (a) = " + OTHER256);
  }

  @Test
  void nonsenseIsRead() {
    Random random = new Random(11);
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = new byte[random.nextInt(200)];
      for (int at = 0; at < bytes.length; at++) {
        bytes[at] = (byte) "0f \\*()=a\n\r\u00e4SHA25.".charAt(random.nextInt(18));
      }
      assertThatThrownBy(() -> new DigestList("LIST", bytes).find("a"))
          .isInstanceOf(DiskException.class);
    }
  }

  @Test
  void theLongestListIsReadInNoTime() {
    for (String part : new String[] {")=", "(", "a (", "SHA256 (a) = 0", "0", "\\", "a"}) {
      String line = part.repeat(DigestList.MOST_BYTES / part.length());
      assertRefused("'a'", "a", line);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ".", "..", "a/b", "/a", "../a", "a\\b", "a\nb", "a\0b"})
  void aListsNameIsOneOfAFileBesideTheImage(String name) {
    DiskException failure =
        catchThrowableOfType(
            DiskException.class,
            () -> DigestList.nameOf(ImageRequest.of("a").withDigestFile(name)));

    assertThat(failure.reason()).isEqualTo(Reason.INVALID_REQUEST);
  }

  @Test
  void aListAndADigestExcludeEachOther() throws DiskException {
    ImageRequest request = ImageRequest.of("a").withDigestFile("SHA256SUMS");

    assertThat(DigestList.nameOf(request)).hasValue("SHA256SUMS");
    assertThat(DigestList.nameOf(ImageRequest.of("a"))).isEmpty();
    assertThat(
            catchThrowableOfType(
                    DiskException.class,
                    () -> DigestList.nameOf(request.withDigest(new Digest("md5", MD5))))
                .reason())
        .isEqualTo(Reason.INVALID_REQUEST);
  }
}
