package io.diskwright.core.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One image has one spelling, wherever it is named from. */
class ImageReferenceTest {
  private static final Path HERE = Path.of("").toAbsolutePath();

  @ParameterizedTest
  @CsvSource({
    "/images/a.qcow2, file:/images/a.qcow2",
    "file:/images/a.qcow2, file:/images/a.qcow2",
    "file:///images/a.qcow2, file:/images/a.qcow2",
    "FILE:/images/a.qcow2, file:/images/a.qcow2",
    "/images/./x/../a.qcow2, file:/images/x/../a.qcow2",
    "//images//a.qcow2, file:/images/a.qcow2",
    "/my images/käse & 日本.raw, file:/my images/käse & 日本.raw",
    "/images/a%20b.raw, file:/images/a%20b.raw",
    "/images/web:1.raw, file:/images/web:1.raw",
    "/images/'quoted', file:/images/'quoted'"
  })
  void aFileIsNamedByItsAbsolutePath(String reference, String text) throws DiskException {
    ImageReference parsed = ImageReference.parse(reference);

    assertThat(parsed.scheme()).isEqualTo("file");
    assertThat(parsed).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource({"a.qcow2, a.qcow2", "./web:1.raw, web:1.raw", "file:x/y.raw, x/y.raw", "../x, ../x"})
  void aRelativePathIsThatOfTheWorkingFolder(String reference, String path) throws DiskException {
    assertThat(ImageReference.parse(reference)).hasToString("file:" + HERE.resolve(path));
  }

  @ParameterizedTest
  @CsvSource({
    "https://host/a.qcow2, https, https://host/a.qcow2",
    "HTTPS://host/A.qcow2, https, https://host/A.qcow2",
    "glance:Debian 12, glance, glance:Debian 12",
    "rbd+x://a/b, rbd+x, rbd+x://a/b",
    "web:1.raw, web, web:1.raw"
  })
  void whatHasASchemeIsLeftToItsSource(String reference, String scheme, String text)
      throws DiskException {
    assertThat(ImageReference.parse(reference)).isEqualTo(new ImageReference(scheme, text));
  }

  @Test
  void whatIsSecretIsNotShown() throws DiskException {
    ImageReference signed = ImageReference.parse("https://host/a.raw?X-Amz-Signature=s3cret");

    assertThat(signed.text()).endsWith("s3cret");
    assertThat(signed).hasToString("https://host/a.raw?***");
  }

  @Test
  void aSingleLetterIsNoScheme() throws DiskException {
    assertThat(ImageReference.parse("c:a.raw").scheme()).isEqualTo("file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "file:", "file: ", "a\0b", "file:/a\0b"})
  void whatNamesNothingIsRefused(String reference) {
    DiskException failure =
        catchThrowableOfType(DiskException.class, () -> ImageReference.parse(reference));

    assertThat(failure.reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(failure.remedy()).isPresent();
  }
}
