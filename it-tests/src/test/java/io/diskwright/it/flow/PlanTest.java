package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.diskFrom;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.provision.Plan;
import io.diskwright.core.provision.PlannedStep;
import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.core.provision.Step;
import io.diskwright.it.support.PoolScan;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** A plan says what is done then, and does nothing. */
@ParameterizedClass
@ValueSource(strings = {"raw", "qcow2"})
class PlanTest extends FlowTestBase {
  private Plan plan(ProvisionRequest.Builder request) throws IOException {
    host().pool();
    Map<Path, String> before = PoolScan.snapshot(folder);
    try {
      return host().diskwright().plan(request.build(), call());
    } finally {
      assertThat(PoolScan.snapshot(folder)).isEqualTo(before);
    }
  }

  @Test
  void aColdPlanFillsAndThenMakes() throws IOException {
    Path image = image("a.raw");

    Plan plan = plan(diskFrom("disk", image));
    ProvisionResult result = host().create("disk", image);

    assertThat(plan.steps()).hasSize(2);
    assertThat(plan.steps().get(0).name()).isEqualTo("copy");
    assertThat(plan.steps().get(0).detail()).contains(image.getFileName().toString());
    assertThat(plan.steps().get(1).name()).isEqualTo(result.steps().get(1).name());
    assertThat(plan.refusals()).isEqualTo(result.refusals());
  }

  @Test
  void aWarmPlanIsWhatIsDoneThen() throws IOException {
    Path image = image("a.raw");
    host().create("first", image);

    Plan plan = plan(diskFrom("disk", image).size(20 * MIB));
    ProvisionResult result = host().create("disk", image, 20 * MIB);

    assertThat(plan.steps().stream().map(PlannedStep::name))
        .containsExactlyElementsOf(result.steps().stream().map(Step::name).toList());
    assertThat(plan.refusals()).isEqualTo(result.refusals());
    assertThat(plan.steps().get(0).bytes()).isGreaterThanOrEqualTo(result.bytesMoved());
  }

  @Test
  void forADiskThatIsThereNothingIsDone() throws IOException {
    Path image = image("a.raw");
    host().create("disk", image);

    assertThat(plan(diskFrom("disk", image)).steps()).isEmpty();
  }

  @Test
  void aBlankDiskIsOneStep() throws IOException {
    Plan plan = plan(ProvisionRequest.blank(new DiskName("disk"), MIB));

    assertThat(plan.steps()).singleElement().extracting(PlannedStep::name).isEqualTo("blank");
  }

  @Test
  void whatWouldFailFailsInThePlan() throws IOException {
    Path image = image("a.raw");
    host().blank("taken", MIB);

    assertThat(failure(() -> plan(diskFrom("disk", image).size(MIB))).reason())
        .isEqualTo(Reason.BASE_LARGER_THAN_SIZE);
    assertThat(failure(() -> plan(diskFrom("disk", image).size(1))).reason())
        .isEqualTo(Reason.INVALID_REQUEST);
    assertThat(failure(() -> plan(diskFrom("taken", image))).reason())
        .isEqualTo(Reason.ALREADY_EXISTS);
    assertThat(failure(() -> plan(diskFrom("disk", folder.resolve("none")))).reason())
        .isEqualTo(Reason.NOT_FOUND);
    assertThat(failure(() -> plan(diskFrom("disk", folder))).reason())
        .isEqualTo(Reason.IMAGE_UNACCEPTABLE);
  }
}
