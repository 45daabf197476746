package io.diskwright.it.glance;

import static io.diskwright.it.support.Host.call;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.Diskwright;
import io.diskwright.core.provision.Plan;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.core.provision.Refusal;
import io.diskwright.core.provision.Step;
import io.diskwright.it.support.Images;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Images that Glance keeps on the pool's own cluster are cloned, and others say why they are not.
 */
class GlanceRbdIT extends GlanceOnCephTestBase {
  @Test
  void aRawImageOnTheClusterIsCloned() throws Exception {
    Path raw = raw(7, 16 * MIB);
    String id = cloud.upload(name, "raw", raw, "rbd");
    Diskwright diskwright = onCluster("never-download: true");

    Plan plan = diskwright.plan(request(id), call());
    ProvisionResult result = diskwright.provision(request(id), call());

    assertThat(plan.steps())
        .singleElement()
        .satisfies(step -> assertThat(step.name()).isEqualTo("clone"));
    assertThat(result.steps()).extracting(Step::name).containsExactly("clone");
    assertThat(result.steps().get(0).detail())
        .isEqualTo("rbd://%s/images/%s/snap".formatted(ceph.ceph("fsid"), id));
    assertThat(result.refusals()).isEmpty();
    assertThat(diskwright.defaultPool().bases(call())).isEmpty();
    assertReads(raw);
  }

  @Test
  void anImageThatCannotBeClonedIsFetchedAndSaysWhy() throws Exception {
    String converted = cloud.upload(name, "qcow2", Images.HELLO_QCOW2, "rbd");
    Diskwright diskwright = onCluster();

    Plan plan = diskwright.plan(request(converted), call());
    ProvisionResult result = diskwright.provision(request(converted), call());

    assertThat(plan.refusals()).isEqualTo(result.refusals());
    assertThat(result.refusals()).hasSize(1);
    Refusal refusal = result.refusals().get(0);
    assertThat(refusal.way()).startsWith("clone rbd://").endsWith(converted + "/snap");
    assertThat(refusal.reason()).contains("qcow2");
    assertThat(result.steps()).hasSize(2);
    assertReads(Images.HELLO_RAW);
  }

  @Test
  void aPoolThatNeverDownloadsRefusesWhatItCannotClone() throws Exception {
    Path raw = raw(8, MIB);
    String elsewhere = cloud.upload(name, "raw", raw, "file");
    Diskwright diskwright = onCluster("never-download: true");

    DiskException planned = failure(() -> diskwright.plan(request(elsewhere), call()));
    DiskException failure = failure(() -> diskwright.provision(request(elsewhere), call()));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure)
        .hasMessageContaining("never-download")
        .hasMessageContaining("clone file:///")
        .hasMessageContaining("rbd://FSID");
    assertThat(planned.detail()).isEqualTo(failure.detail());
    assertThat(diskwright.defaultPool().disks(call())).isEmpty();
    ProvisionResult made = onCluster().provision(request(elsewhere), call());
    assertThat(made.created()).isTrue();
    ProvisionResult another = diskwright.provision(disk("another", elsewhere).build(), call());
    assertThat(another.created()).as("of the base").isTrue();
  }
}
