package io.diskwright.it.ceph;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.Diskwright;
import io.diskwright.core.config.ConfigurationLoader;
import io.diskwright.core.config.ProcessEnvironment;
import io.diskwright.core.discovery.Providers;
import io.diskwright.core.provision.Plan;
import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.core.provision.Refusal;
import io.diskwright.it.support.Catalogue;
import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.SharedCeph;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.ImageBackendProvider;
import io.diskwright.spi.call.Call;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A plan says of each place where an image lies why it cannot be cloned there. */
@ExtendWith(SharedCeph.class)
class RbdPlanIT {
  @TempDir Path folder = Path.of("");
  private final String image = "image-" + UUID.randomUUID();
  private Ceph ceph;
  private CephNamespace pool;
  private String cluster = "";
  private Path raw = Path.of("");

  @BeforeEach
  void makePool(Ceph shared) throws Exception {
    ceph = shared;
    pool = CephNamespace.make(ceph, folder);
    cluster = "rbd://" + ceph.ceph("fsid") + "/images/";
    raw = Images.raw(folder.resolve("image.raw"), 5, 8 << 20);
    for (String format : new String[] {"1", "2"}) {
      String name = "images/" + image + "-" + format;
      ceph.rbd("import", "--no-progress", "--image-format", format, raw, name);
      ceph.rbd("snap", "create", "--no-progress", name + "@snap");
    }
  }

  private Diskwright open(boolean tellsSize, String... locations) throws Exception {
    List<ImageBackendProvider> backends =
        ServiceLoader.load(ImageBackendProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .toList();
    Providers providers =
        Providers.of(backends, List.of(new Catalogue(raw.toString(), tellsSize, locations)));
    Path file = Files.writeString(folder.resolve("diskwright.yaml"), pool.yaml("diskwright"));
    return Diskwright.open(
        ConfigurationLoader.of(providers, ProcessEnvironment.current()).withFile(file).load(),
        providers);
  }

  private static ProvisionRequest request() {
    return ProvisionRequest.fromImage(new DiskName("web-1"), "catalogue:image").build();
  }

  private static Call call() {
    return Call.within(Duration.ofMinutes(2));
  }

  @Test
  void noPlaceIsTakenThatCannotBeCloned() throws Exception {
    String other = "rbd://" + UUID.randomUUID() + "/images/" + image + "-2/snap";
    try (Diskwright diskwright =
        open(
            true,
            "file:///images/image",
            "rbd://" + image,
            other,
            cluster + image + "-1/snap",
            cluster + image + "-2/missing",
            cluster + "missing/snap")) {
      Plan plan = diskwright.plan(request(), call());
      ProvisionResult result = diskwright.provision(request(), call());

      assertThat(plan.refusals()).isEqualTo(result.refusals());
      assertThat(plan.refusals())
          .extracting(Refusal::reason)
          .satisfiesExactly(
              text -> assertThat(text).contains("rbd://FSID/POOL/IMAGE/SNAPSHOT"),
              text -> assertThat(text).contains("rbd://FSID/POOL/IMAGE/SNAPSHOT"),
              text -> assertThat(text).contains("on the cluster", "not on"),
              text -> assertThat(text).contains("RBD's format 1"),
              text -> assertThat(text).contains("no snapshot 'missing'"),
              text -> assertThat(text).contains("cannot be read", "images/missing"));
    }
    pool.assertReads("web-1", raw);
    pool.assertNothingHalfMade();
  }

  @Test
  void theFirstPlaceThatCanBeClonedIsTaken() throws Exception {
    String good = cluster + image + "-2/snap";
    try (Diskwright diskwright = open(true, cluster + image + "-1/snap", good)) {
      Plan plan = diskwright.plan(request(), call());
      ProvisionResult result = diskwright.provision(request(), call());

      assertThat(plan.refusals()).hasSize(1);
      assertThat(plan.steps()).hasSize(1);
      assertThat(plan.steps().get(0).detail()).isEqualTo(good);
      assertThat(result.steps().get(0).name()).isEqualTo("clone");
    }
    assertThat(pool.keys("base/")).isEmpty();
    pool.assertReads("web-1", raw);
    pool.assertNothingHalfMade();
  }

  @Test
  void whatHasNoSizeThatIsKnownIsNotClonedAndNotPlannedSo() throws Exception {
    try (Diskwright diskwright = open(false, cluster + image + "-2/snap")) {
      Plan plan = diskwright.plan(request(), call());
      ProvisionResult result = diskwright.provision(request(), call());

      assertThat(plan.refusals()).isEqualTo(result.refusals());
      assertThat(plan.refusals())
          .extracting(Refusal::reason)
          .containsExactly("the image's virtual size is not known");
      assertThat(plan.steps()).hasSize(2);
    }
    pool.assertReads("web-1", raw);
  }
}
