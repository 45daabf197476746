package io.diskwright.core.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.Extent;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import io.diskwright.spi.image.ImageStream;
import io.diskwright.toolkit.os.FileStat;
import io.diskwright.toolkit.os.NativeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Local files are images as long as nobody changes them. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FileSourceTest {
  private static final Call CALL = Call.within(Duration.ofMinutes(10));

  @TempDir Path folder;
  private final ImageSource source = new FileSourceProvider().open(Settings.builder().build());

  private Path file(String name) throws IOException {
    return Files.writeString(folder.resolve(name), "content");
  }

  private Image resolve(Object reference) throws DiskException {
    return source.resolve(ImageRequest.of(reference.toString()), CALL);
  }

  private DiskException failure(Object reference) {
    return catchThrowableOfType(DiskException.class, () -> resolve(reference));
  }

  private void assertChanged(Image image) {
    DiskException failure =
        catchThrowableOfType(DiskException.class, () -> source.open(image, CALL).close());

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContaining("changed");
    assertThat(failure.remedy()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.raw", "with space", "käse-日本-🧀", "it's \"quoted\" & <odd>", "a:b"})
  void anImageIsItsAbsolutePath(String name) throws IOException {
    Path file = file(name);

    Image image = resolve(file);

    assertThat(image.source()).isEqualTo("file");
    assertThat(image.id()).isEqualTo(file.toRealPath().toString());
    assertThat(image.length()).hasValue(7);
    assertThat(image.validator()).isPresent();
    assertThat(image.format()).isEmpty();
    assertThat(image.digest()).isEmpty();
    assertThat(resolve("file:" + file)).hasToString(image.toString());
    assertThat(resolve("file://" + file)).hasToString(image.toString());
  }

  @Test
  void whatIsDeclaredIsPassedOn() throws IOException {
    Digest digest = Digest.parse("md5:" + "0".repeat(32));

    Image image =
        source.resolve(
            ImageRequest.of(file("a").toString()).withFormat(DiskFormat.QCOW2).withDigest(digest),
            CALL);

    assertThat(image.format()).hasValue(DiskFormat.QCOW2);
    assertThat(image.digest()).hasValue(digest);
  }

  private DiskException listFailure(String list) {
    return catchThrowableOfType(
        DiskException.class,
        () ->
            source.resolve(
                ImageRequest.of(folder.resolve("a").toString()).withDigestFile(list), CALL));
  }

  @Test
  void aListBesideTheImageHasItsDigest() throws IOException {
    Path image = file("a");
    String hex = "0123456789abcdef".repeat(4);
    Files.writeString(folder.resolve("SHA256SUMS"), hex + "  a\n");

    assertThat(
            source
                .resolve(ImageRequest.of(image.toString()).withDigestFile("SHA256SUMS"), CALL)
                .digest())
        .hasValue(new Digest("sha256", hex));
  }

  @Test
  void aListThatIsNotThereOrNoListIsRefused() throws Exception {
    Path unused = file("a");
    Files.createDirectory(folder.resolve("folder"));
    Files.writeString(folder.resolve("other"), "0".repeat(64) + "  b\n");
    Files.writeString(folder.resolve("long"), "x".repeat(1024 * 1024 + 1));
    assertThat(new ProcessBuilder("mkfifo", folder.resolve("pipe").toString()).start().waitFor())
        .isZero();

    assertThat(listFailure("missing").reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(listFailure("folder").reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(listFailure("pipe").reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(listFailure("other").reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(listFailure("long").reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(listFailure("../a").reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(listFailure("missing")).hasMessageContaining("missing");
  }

  @Test
  void aLinkIsTheFileThatItLeadsTo() throws IOException {
    Path file = file("a");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);

    assertThat(resolve(link).id()).isEqualTo(file.toRealPath().toString());
    assertThat(resolve(link).validator()).isEqualTo(resolve(file).validator());
  }

  @Test
  void twoFilesOfTheSameContentAreTwoImages() throws IOException {
    assertThat(resolve(file("a")).validator()).isNotEqualTo(resolve(file("b")).validator());
  }

  @Test
  void aMissingFileIsNotFound() {
    DiskException failure = failure(folder.resolve("no such image"));

    assertThat(failure.reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(failure).hasMessageContaining("no such image");
    assertThat(failure.remedy()).isPresent();
  }

  @Test
  void aLinkThatLeadsNowhereIsNotFound() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("gone"));

    assertThat(failure(link).reason()).isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void linksInACircleAreAnError() throws IOException {
    Path link = folder.resolve("link");
    Files.createSymbolicLink(link, link);

    assertThat(failure(link).remedy()).isPresent();
  }

  @Test
  void aFileAsAFolderIsAnError() throws IOException {
    assertThat(failure(file("a").resolve("b")).remedy()).isPresent();
  }

  @Test
  void aFolderIsNoImage() {
    assertThat(failure(folder).reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
  }

  @Test
  void anEmptyFileIsNoImage() throws IOException {
    DiskException failure = failure(Files.createFile(folder.resolve("empty")));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContaining("empty");
  }

  @Test
  void aPipeIsNoImageAndNobodyWaitsForIt() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThat(failure(pipe).reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
  }

  @Test
  void aDeviceIsNoImage() {
    assertThat(failure("/dev/zero").reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
  }

  /** What may happen to a file between two looks at it. */
  enum Change {
    GROWN,
    SHRUNK,
    REWRITTEN,
    TOUCHED,
    REWRITTEN_WITH_THE_OLD_TIME,
    REPLACED_BY_A_RENAME,
    REPLACED_BY_A_LINK;

    void happenTo(Path file) throws IOException {
      FileStat before = FileStat.of(file);
      do { // until the file system's clock has moved on
        once(file);
      } while (FileStat.of(file).changed().equals(before.changed()));
    }

    private void once(Path file) throws IOException {
      FileTime time = Files.getLastModifiedTime(file);
      Path other = file.resolveSibling("other");
      switch (this) {
        case GROWN -> Files.writeString(file, "more", StandardOpenOption.APPEND);
        case SHRUNK -> Files.writeString(file, "less");
        case REWRITTEN -> Files.writeString(file, "CONTENT");
        case TOUCHED -> Files.setLastModifiedTime(file, FileTime.fromMillis(1000));
        case REWRITTEN_WITH_THE_OLD_TIME -> {
          Files.writeString(file, "CONTENT");
          Files.setLastModifiedTime(file, time);
        }
        case REPLACED_BY_A_RENAME ->
            Files.move(
                Files.writeString(other, "CONTENT"), file, StandardCopyOption.REPLACE_EXISTING);
        case REPLACED_BY_A_LINK -> {
          Files.writeString(other, "CONTENT");
          Files.delete(file);
          Files.createSymbolicLink(file, other);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Change.class)
  void aChangeBeforeItIsOpenedIsSeen(Change change) throws IOException {
    Path file = file("a");
    Image image = resolve(file);

    change.happenTo(file);

    assertChanged(image);
    assertThat(resolve(file).validator()).isNotEqualTo(image.validator());
  }

  @ParameterizedTest
  @EnumSource(Change.class)
  void aChangeWhileItIsReadIsSeen(Change change) throws IOException {
    Path file = file("a");
    try (ImageData data = source.open(resolve(file), CALL)) {
      data.verifyUnchanged();

      change.happenTo(file);

      assertThat(catchThrowableOfType(DiskException.class, data::verifyUnchanged).reason())
          .isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    }
  }

  @Test
  void aFileThatIsGoneWhenItIsOpenedIsNotFound() throws IOException {
    Path file = file("a");
    Image image = resolve(file);

    Files.delete(file);

    DiskException failure =
        catchThrowableOfType(DiskException.class, () -> source.open(image, CALL).close());
    assertThat(failure.reason()).isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void aFileThatIsGoneWhileItIsReadIsNoProof() throws IOException {
    Path file = file("a");
    try (ImageData data = source.open(resolve(file), CALL)) {
      Files.delete(file);

      assertThat(catchThrowableOfType(DiskException.class, data::verifyUnchanged)).isNotNull();
    }
  }

  @Test
  void aPipeInPlaceOfTheFileIsRefusedAndNobodyWaitsForIt() throws Exception {
    Path file = file("a");
    Image image = resolve(file);
    Files.delete(file);
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();

    DiskException failure =
        catchThrowableOfType(DiskException.class, () -> source.open(image, CALL).close());

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
  }

  @Test
  void readingItChangesNothing() throws IOException {
    Path file = file("a");
    Image image = resolve(file);
    try (ImageData open = source.open(image, CALL)) {
      Content data = open.content().orElseThrow();
      ByteBuffer bytes = ByteBuffer.allocate(100);
      assertThat(data.read(3, bytes)).isEqualTo(4);
      assertThat(new String(bytes.array(), 0, 4, java.nio.charset.StandardCharsets.US_ASCII))
          .isEqualTo("tent");
      assertThat(data.read(7, bytes)).isZero();
      assertThat(data.size()).isEqualTo(7);
      assertThat(data.path().orElseThrow().toRealPath()).isEqualTo(file.toRealPath());
    }

    assertThat(resolve(file).validator()).isEqualTo(image.validator());
  }

  @Test
  void streamsEveryByteInItsOrderAndEnds() throws IOException {
    Path file = file("a");
    ByteBuffer bytes = ByteBuffer.allocate(100);
    try (ImageData data = source.open(resolve(file), CALL);
        ImageStream stream = data.stream()) {
      assertThat(stream.read(bytes.limit(3))).isEqualTo(3);
      assertThat(stream.read(bytes.limit(100))).isEqualTo(4);
      assertThat(stream.read(bytes)).isEqualTo(-1);
    }

    assertThat(new String(bytes.array(), 0, 7, java.nio.charset.StandardCharsets.US_ASCII))
        .isEqualTo("content");
  }

  @Test
  void holesAreExtentsOfZeros() throws IOException {
    Path file = folder.resolve("sparse");
    int mib = 1 << 20;
    try (NativeFile sparse = NativeFile.createNew(file, 0600)) {
      sparse.truncate(3 * mib + 5);
      sparse.write(mib, ByteBuffer.wrap(new byte[mib]));
    }
    try (ImageData open = source.open(resolve(file), CALL)) {
      Content data = open.content().orElseThrow();
      assertThat(data.extentAt(0)).isEqualTo(new Extent(0, mib, Extent.Kind.ZERO));
      assertThat(data.extentAt(100)).isEqualTo(new Extent(100, mib - 100, Extent.Kind.ZERO));
      assertThat(data.extentAt(mib)).isEqualTo(new Extent(mib, mib, Extent.Kind.DATA));
      assertThat(data.extentAt(2 * mib + 1))
          .isEqualTo(new Extent(2 * mib + 1, mib + 4, Extent.Kind.ZERO));
    }
  }
}
