package io.diskwright.it.glance;

import static io.diskwright.it.support.Host.call;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.Diskwright;
import io.diskwright.core.inspect.Verdict;
import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.OpenStack;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Disks are made of images that a real Glance has, by who a real Keystone lets in. */
class GlanceIT extends GlanceTestBase {
  private static ProvisionRequest.Builder disk(String reference) {
    return ProvisionRequest.fromImage(new DiskName("disk"), "glance:" + reference);
  }

  private static Image resolve(ImageSource source, String reference) throws DiskException {
    return source.resolve(ImageRequest.of("glance:" + reference), call());
  }

  @Test
  void aPasswordLetsInAndNothingIsKeptOfIt() throws Exception {
    Path image = raw(1, 9 * MIB + 512);
    String id = cloud.upload(name, "raw", image, "file", "\"min_disk\": 1");
    Diskwright diskwright = diskwright(OpenStack.USER);
    ImageRequest request = ImageRequest.of("glance:" + id);

    Verdict verdict = diskwright.inspect(request, new PoolName("pool"), call());
    ProvisionResult result = diskwright.provision(disk(name).size(1 << 30).build(), call());
    DiskException small =
        failure(
            () ->
                diskwright.provision(
                    ProvisionRequest.fromImage(new DiskName("small"), "glance:" + id)
                        .size(64 * MIB)
                        .build(),
                    call()));

    assertThat(verdict.format()).hasValue(DiskFormat.RAW);
    assertThat(verdict.virtualSize()).hasValue(9 * MIB + 512);
    assertThat(Images.readsAs(result.disk().path().orElseThrow(), image)).isTrue();
    assertThat(diskwright.defaultPool().bases(call()))
        .singleElement()
        .satisfies(
            base -> {
              assertThat(base.image()).isEqualTo("glance:" + id);
              assertThat(base.verified()).contains("sha512:");
            });
    assertThat(small.reason()).isEqualTo(Reason.BASE_LARGER_THAN_SIZE);
    assertThat(small).hasMessageContaining("1073741824");
    assertNothingTells(cloud.password(OpenStack.USER));
    assertNothingTells("gAAAA"); // begins every token of Keystone's
  }

  private void assertNothingTells(String secret) throws Exception {
    try (Stream<Path> files = Files.walk(folder.resolve("pool"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.size(file) < MIB) {
          assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain(secret);
        }
      }
    }
  }

  @Test
  void anApplicationCredentialAndATokenLetIn() throws Exception {
    String id = cloud.upload(name, "qcow2", Images.HELLO_QCOW2, "file");
    Path tokens = folder.resolve("clouds.yaml");
    String clouds =
        """
        clouds:
          by-token:
            auth_type: token
            auth: {auth_url: %s, token: %s, project_name: images, project_domain_name: Default}
        """;
    Files.writeString(
        tokens, clouds.formatted(cloud.keystone(), cloud.token(OpenStack.USER, "images")));
    Diskwright byToken = diskwright("by-token", tokens);
    Diskwright byCredential = diskwright("diskwright-application");
    ImageRequest request = ImageRequest.of("glance:" + id);

    for (Diskwright diskwright : List.of(byToken, byCredential)) {
      Verdict verdict = diskwright.inspect(request, new PoolName("pool"), call());
      assertThat(verdict.format()).hasValue(DiskFormat.QCOW2);
      assertThat(verdict.safe()).isTrue();
    }
  }

  @Test
  void aWrongPasswordOrTokenIsRefusedAndNotShown() throws Exception {
    String text = Files.readString(cloud.clouds());
    Path wrong = folder.resolve("clouds.yaml");
    Files.writeString(
        wrong,
        text.replace(cloud.password(OpenStack.USER), "s3cret")
            + "  by-token: {auth: {auth_url: '%s', token: s3cret}}\n".formatted(cloud.keystone()));

    for (String named : List.of(OpenStack.USER, "by-token")) {
      Diskwright diskwright = diskwright(named, wrong);
      DiskException failure = failure(() -> diskwright.provision(disk(name).build(), call()));

      assertThat(failure.reason()).isEqualTo(Reason.PERMISSION_DENIED);
      assertThat(failure)
          .hasMessageContaining("Keystone gives no token")
          .hasMessageNotContaining("s3cret");
    }
  }

  @Test
  void aNameIsNotGuessedAmongImages() throws Exception {
    String one = cloud.queue(name, "raw");
    String two = cloud.queue(name, "qcow2");
    ImageSource source = source();

    DiskException several = failure(() -> resolve(source, name));
    DiskException none = failure(() -> resolve(source, name + "-none"));

    assertThat(several.reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(several).hasMessageContaining(one).hasMessageContaining(two);
    assertThat(none.reason()).isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void whatCannotBeUsedSaysWhy() throws Exception {
    String queued = cloud.queue(name, "raw");
    String others = cloud.queueAs("admin", name, "raw");
    String off = cloud.upload(name, "raw", raw(3, MIB), "file");
    cloud.deactivate(off);
    ImageSource source = source();

    DiskException early = failure(() -> resolve(source, queued));
    DiskException foreign = failure(() -> resolve(source, others));
    DiskException late = failure(() -> resolve(source, off));

    assertThat(early.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(early).hasMessageContaining("queued");
    assertThat(foreign.reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(late.reason()).isEqualTo(Reason.PERMISSION_DENIED);
    assertThat(late).hasMessageContaining("deactivated");
  }

  @Test
  void whatHappensBetweenRecordAndBytesIsTold() throws Exception {
    Path image = raw(4, MIB);
    ImageSource source = source();
    Image gone = resolve(source, cloud.upload(name, "raw", image, "file"));
    Image off = resolve(source, cloud.upload(name, "raw", image, "file"));
    cloud.delete(gone.id());
    cloud.deactivate(off.id());

    DiskException deleted = failure(() -> source.open(gone, call()));
    DiskException deactivated = failure(() -> source.open(off, call()));

    assertThat(deleted.reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(deactivated.reason()).isEqualTo(Reason.PERMISSION_DENIED);
    assertThat(deactivated).hasMessageContaining("deactivated");
  }

  @Test
  void bytesThatAreNotThoseOfTheHashAreRefused() throws Exception {
    String id = cloud.upload(name, "raw", raw(5, 4 * MIB), "file");
    Images.overwrite(cloud.fileOf(id), 3 * MIB, new byte[] {1, 2, 3});
    Diskwright diskwright = diskwright(OpenStack.USER);

    DiskException failure = failure(() -> diskwright.provision(disk(id).build(), call()));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContaining("digest");
    assertThat(diskwright.defaultPool().bases(call())).isEmpty();
    assertThat(diskwright.defaultPool().disks(call())).isEmpty();
  }
}
