package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.Diskwright;
import io.diskwright.core.config.ConfigurationLoader;
import io.diskwright.core.config.ProcessEnvironment;
import io.diskwright.core.discovery.Providers;
import io.diskwright.core.provision.Plan;
import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.core.provision.Refusal;
import io.diskwright.core.source.FileSourceProvider;
import io.diskwright.it.support.Catalogue;
import io.diskwright.it.support.Host;
import io.diskwright.it.support.Images;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.ImageBackendProvider;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.ImageRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an image's source tells besides its bytes: sizes and places, for which nothing is read. */
class SourceToldTest {
  private static final long MIB = 1L << 20;

  @TempDir Path folder = Path.of("");
  private Path raw = Path.of("");

  @BeforeEach
  void makeImage() throws IOException {
    raw = Images.raw(folder.resolve("image.raw"), 1, 8 * MIB);
  }

  private Catalogue catalogue(String... locations) {
    return new Catalogue(raw.toString(), true, locations);
  }

  private Diskwright open(Catalogue catalogue, String... keys) throws IOException {
    List<ImageBackendProvider> backends =
        ServiceLoader.load(ImageBackendProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .toList();
    Providers providers = Providers.of(backends, List.of(catalogue, new FileSourceProvider()));
    Path file = Host.yaml(folder.resolve("pool"), "raw", keys);
    return Diskwright.open(
        ConfigurationLoader.of(providers, ProcessEnvironment.current()).withFile(file).load(),
        providers);
  }

  private static ProvisionRequest.Builder disk(String name) {
    return ProvisionRequest.fromImage(new DiskName(name), "catalogue:image");
  }

  @Test
  void aDiskBelowTheSizeThatTheSourceWantsIsRefused() throws Exception {
    Catalogue catalogue = catalogue().withMinimumDiskSize(32 * MIB);
    try (Diskwright diskwright = open(catalogue)) {
      ProvisionRequest small = disk("small").size(31 * MIB).build();

      DiskException planned = failure(() -> diskwright.plan(small, call()));
      DiskException failure = failure(() -> diskwright.provision(small, call()));

      assertThat(planned.reason()).isEqualTo(Reason.BASE_LARGER_THAN_SIZE);
      assertThat(failure.reason()).isEqualTo(Reason.BASE_LARGER_THAN_SIZE);
      assertThat(failure).hasMessageContaining(Long.toString(32 * MIB));
      assertThat(diskwright.defaultPool().bases(call())).as("nothing was fetched").isEmpty();
      assertThat(diskwright.provision(disk("large").size(32 * MIB).build(), call()).created())
          .isTrue();
      assertThat(diskwright.provision(disk("as-the-image").build(), call()).created()).isTrue();
    }
  }

  @Test
  void aSizeThatTheSourceTellsIsCheckedInThePlan() throws Exception {
    try (Diskwright diskwright = open(catalogue())) {
      assertThat(failure(() -> diskwright.plan(disk("a").size(MIB).build(), call())).reason())
          .isEqualTo(Reason.BASE_LARGER_THAN_SIZE);
    }
  }

  @Test
  void aPasswordInALocationIsNotShown() throws Exception {
    String[] locations = {
      "swift+https://user:s3cret@auth.example.org/images/a", "https://example.org/a?sig=s3cret"
    };
    try (Diskwright diskwright = open(catalogue(locations))) {
      Plan plan = diskwright.plan(disk("disk").build(), call());
      ProvisionResult result = diskwright.provision(disk("disk").build(), call());

      assertThat(plan.refusals()).isEqualTo(result.refusals());
      assertThat(result.refusals())
          .extracting(Refusal::way)
          .contains(
              "clone swift+https://***@auth.example.org/images/a",
              "clone https://example.org/a?***");
      assertThat(result.refusals().toString()).doesNotContain("s3cret");
    }
  }

  @Test
  void aPoolThatNeverDownloadsTakesWhatIsThere() throws Exception {
    String location = "rbd://f/p/i/s";
    try (Diskwright diskwright = open(catalogue(location), "never-download: true")) {
      DiskException planned = failure(() -> diskwright.plan(disk("a").build(), call()));
      DiskException failure = failure(() -> diskwright.provision(disk("a").build(), call()));

      assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
      assertThat(failure)
          .hasMessageContaining("never-download")
          .hasMessageContaining("clone " + location + ": ");
      assertThat(planned.detail()).isEqualTo(failure.detail());
      assertThat(diskwright.defaultPool().bases(call())).isEmpty();
      assertThat(
              diskwright
                  .provision(
                      ProvisionRequest.fromImage(new DiskName("local"), raw.toString()).build(),
                      call())
                  .created())
          .as("a local image is not downloaded")
          .isTrue();
    }
    try (Diskwright diskwright = open(catalogue(location))) {
      assertThat(diskwright.provision(disk("b").build(), call()).created()).isTrue();
    }
    try (Diskwright diskwright = open(catalogue(location), "never-download: true")) {
      assertThat(diskwright.provision(disk("c").build(), call()).created()).isTrue();
    }
  }

  @Test
  void aPoolThatNeverDownloadsTakesWhatIsPulledAhead() throws Exception {
    try (Diskwright diskwright = open(catalogue("rbd://f/p/i/s"), "never-download: true")) {
      BaseRecord pulled = diskwright.defaultPool().pull(ImageRequest.of("catalogue:image"), call());
      ProvisionResult result = diskwright.provision(disk("a").build(), call());

      assertThat(result.disk().record().origin()).hasToString("base:" + pulled.key());
      assertThat(result.steps()).as("nothing was fetched for the disk").hasSize(1);
    }
  }
}
