package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.diskFrom;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.it.support.Host;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Digest;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.qcow2.Qcow2Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that are none, or not what they are said to be, are refused and leave nothing. */
@ParameterizedClass
@ValueSource(strings = {"raw", "qcow2"})
class ImagesTest extends FlowTestBase {
  /** What may be wrong with an image. */
  enum BadImage {
    MISSING(Reason.NOT_FOUND),
    EMPTY(Reason.IMAGE_UNACCEPTABLE),
    A_FOLDER(Reason.IMAGE_UNACCEPTABLE),
    NO_IMAGE(Reason.IMAGE_UNACCEPTABLE),
    COMPRESSED(Reason.IMAGE_UNACCEPTABLE),
    QCOW2_WITH_BACKING_FILE(Reason.IMAGE_UNACCEPTABLE),
    TRUNCATED_QCOW2(Reason.IMAGE_UNACCEPTABLE);

    private final Reason reason;

    BadImage(Reason reason) {
      this.reason = reason;
    }

    Path make(Path file) throws IOException {
      switch (this) {
        case MISSING -> {}
        case EMPTY -> Files.createFile(file);
        case A_FOLDER -> Files.createDirectory(file);
        case NO_IMAGE -> Files.writeString(file, "just some text ".repeat(1000));
        case COMPRESSED -> Files.write(file, new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0});
        case QCOW2_WITH_BACKING_FILE ->
            qcow2(file, Qcow2Image.blank(MIB, 65536, false).over("/etc/passwd", "raw"));
        case TRUNCATED_QCOW2 -> {
          qcow2(file, Qcow2Image.blank(MIB, 65536, false));
          try (NativeFile image = NativeFile.openWrite(file)) {
            image.truncate(3 * 65536);
          }
        }
      }
      return file;
    }

    private static void qcow2(Path file, Qcow2Image image) throws IOException {
      try (NativeFile target = NativeFile.createNew(file, 0600)) {
        image.write(target);
      }
    }
  }

  private void assertNothingWasMade() throws IOException {
    assertThat(host().pool().disks(Host.call())).isEmpty();
    assertThat(host().pool().bases(Host.call())).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(BadImage.class)
  void aBadImageIsRefusedByItsReason(BadImage bad) throws IOException {
    Path image = bad.make(folder.resolve("bad image"));

    DiskException failure = failure(() -> host().create("disk", image, 20 * MIB));

    assertThat(failure.reason()).isEqualTo(bad.reason);
    assertThat(failure).hasMessageContaining("bad image");
    assertThat(failure.remedy()).isPresent();
    assertNothingWasMade();
  }

  @ParameterizedTest
  @EnumSource(
      value = DiskFormat.class,
      names = {"RAW"},
      mode = EnumSource.Mode.EXCLUDE)
  void aFormatThatIsNotTheImagesIsRefusedColdAndWarm(DiskFormat format) throws IOException {
    Path image = image("a.raw");

    DiskException cold = failure(() -> host().provision(diskFrom("disk", image).format(format)));
    assertNothingWasMade();
    host().create("first", image);
    DiskException warm = failure(() -> host().provision(diskFrom("disk", image).format(format)));

    assertThat(cold.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(warm.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(cold).hasMessageContaining("declared as " + format);
    assertThat(warm).hasMessageContaining("declared as " + format);
  }

  @Test
  void aQcow2ThatIsSaidToBeRawIsRefused() throws IOException {
    Path image = folder.resolve("liar.raw");
    BadImage.qcow2(image, Qcow2Image.blank(MIB, 65536, false));

    DiskException failure =
        failure(() -> host().provision(diskFrom("disk", image).format(DiskFormat.RAW)));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContaining("declared as raw and is qcow2");
    assertNothingWasMade();
  }

  @Test
  void theRightDigestIsAccepted() throws Exception {
    Path image = image("a.raw");
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(image));
    Digest digest = new Digest("sha256", HexFormat.of().formatHex(hash));

    assertReadsAs(host().provision(diskFrom("disk", image).digest(digest)).disk(), image);

    assertThat(host().pool().bases(Host.call()))
        .singleElement()
        .satisfies(base -> assertThat(base.verified()).contains(digest.toString()));
  }

  @Test
  void aWrongDigestIsRefusedEvenWhenTheImageIsCached() throws IOException {
    Path image = image("a.raw");
    host().create("first", image);
    Digest wrong = new Digest("sha256", "0".repeat(64));

    DiskException failure = failure(() -> host().provision(diskFrom("disk", image).digest(wrong)));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContaining("digest");
    assertThat(host().pool().bases(Host.call())).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3://host/a.raw", "nonsense:a"})
  void aSchemeThatNobodyHasIsUnsupported(String image) {
    DiskException failure =
        failure(() -> host().provision(ProvisionRequest.fromImage(new DiskName("disk"), image)));

    assertThat(failure.reason()).isIn(Reason.UNSUPPORTED, Reason.INVALID_REQUEST);
    assertThat(failure.remedy()).isPresent();
  }
}
