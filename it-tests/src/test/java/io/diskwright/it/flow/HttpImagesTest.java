package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.inspect.Verdict;
import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.it.support.ImageServer;
import io.diskwright.it.support.Images;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.ImageRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Images at a server are like others, and what lets one read them is kept nowhere. */
@ParameterizedClass
@ValueSource(strings = {"raw", "qcow2"})
class HttpImagesTest extends FlowTestBase {
  private ImageServer server;

  @BeforeEach
  void serve() throws IOException {
    server = ImageServer.of(folder);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static ProvisionRequest.Builder disk(String url) {
    return ProvisionRequest.fromImage(new DiskName("disk"), url).size(20 * MIB);
  }

  private Verdict inspect(String url) throws DiskException {
    return host().diskwright().inspect(ImageRequest.of(url), new PoolName("pool"), call());
  }

  @Test
  void anImageIsInspectedByReadingLittle() throws IOException {
    Path unused = image("a.raw");

    Verdict verdict = inspect(server.url("a.raw"));

    assertThat(verdict.safe()).isTrue();
    assertThat(verdict.format()).hasValue(DiskFormat.RAW);
    assertThat(verdict.virtualSize()).hasValue(8 * MIB);
    assertThat(server.requests()).hasSizeLessThanOrEqualTo(5);
    Verdict qcow2 = inspect(server(Images.HELLO_QCOW2));
    assertThat(qcow2.format()).hasValue(DiskFormat.QCOW2);
    assertThat(qcow2.safe()).isTrue();
  }

  private String server(Path file) throws IOException {
    Files.copy(file, folder.resolve(file.getFileName()));
    return server.url(file.getFileName().toString());
  }

  @Test
  void aDiskIsMadeOfAnImage() throws IOException {
    Path image = image("a.raw");

    ProvisionResult result = host().provision(disk(server.url("a.raw")));

    assertThat(result.created()).isTrue();
    assertReadsAs(result.disk(), image);
    assertThat(host().pool().bases(call()))
        .singleElement()
        .satisfies(base -> assertThat(base.image()).isEqualTo("http:" + server.url("a.raw")));
  }

  @Test
  void theSameImageWithAFreshSignatureIsTheSameRequest() throws IOException {
    Path unused = image("a.raw");
    String signed = server.url("a.raw?v=1&X-Amz-Date=s3cret1&X-Amz-Signature=s3cret1");
    String fresh = server.url("a.raw?v=1&X-Amz-Date=s3cret2&X-Amz-Signature=s3cret2");
    ProvisionResult first = host().provision(disk(signed));
    int requests = server.requests().size();

    ProvisionResult again = host().provision(disk(fresh));

    assertThat(again.created()).isFalse();
    assertThat(server.requests()).hasSize(requests);
    assertThat(first.disk().record().asked()).containsEntry("image", server.url("a.raw?v=1&***"));
    assertThat(host().pool().bases(call()))
        .singleElement()
        .satisfies(
            base -> assertThat(base.image()).isEqualTo("http:" + server.url("a.raw?v=1&***")));
    assertThat(failure(() -> host().provision(disk(server.url("a.raw?v=2")))).reason())
        .isEqualTo(Reason.ALREADY_EXISTS);
    assertNothingTells("s3cret");
  }

  /** In no file's name and in no file. */
  private void assertNothingTells(String secret) throws IOException {
    try (Stream<Path> files = Files.walk(poolFolder())) {
      for (Path file : files.toList()) {
        assertThat(file.toString()).doesNotContain(secret);
        if (Files.isRegularFile(file) && Files.size(file) < MIB) {
          assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
              .doesNotContain(secret);
        }
      }
    }
  }

  @Test
  void aListBesideTheImageIsBelieved() throws Exception {
    Path image = image("a.raw");
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(image));
    String line = HexFormat.of().formatHex(hash) + "  a.raw\n";
    Files.writeString(folder.resolve("SHA256SUMS"), line);
    Files.writeString(folder.resolve("WRONG"), "0".repeat(64) + "  a.raw\n");

    DiskException wrong =
        failure(() -> host().provision(disk(server.url("a.raw")).digestFile("WRONG")));
    ProvisionResult right = host().provision(disk(server.url("a.raw")).digestFile("SHA256SUMS"));

    assertThat(wrong.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(wrong).hasMessageContaining("digest");
    assertReadsAs(right.disk(), image);
    assertThat(host().pool().bases(call()))
        .singleElement()
        .satisfies(base -> assertThat(base.verified()).contains("sha256:"));
  }

  @Test
  void aListBesideALocalImageIsBelieved() throws Exception {
    Path image = image("a.raw");
    byte[] hash = MessageDigest.getInstance("SHA-512").digest(Files.readAllBytes(image));
    String line = "SHA512 (a.raw) = " + HexFormat.of().formatHex(hash) + "\n";
    Files.writeString(folder.resolve("CHECKSUM"), line);
    Files.writeString(folder.resolve("WRONG"), "0".repeat(64) + "  a.raw\n");

    DiskException wrong =
        failure(() -> host().provision(disk(image.toString()).digestFile("WRONG")));

    assertThat(wrong.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertReadsAs(host().provision(disk(image.toString()).digestFile("CHECKSUM")).disk(), image);
  }

  @Test
  void anImageThatIsNotThereLeavesNothing() throws IOException {
    DiskException failure = failure(() -> host().provision(disk(server.url("no.raw?sig=s3cret"))));

    assertThat(failure.reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(failure).hasMessageNotContaining("s3cret");
    assertThat(host().pool().disks(call())).isEmpty();
    assertThat(host().pool().bases(call())).isEmpty();
  }
}
