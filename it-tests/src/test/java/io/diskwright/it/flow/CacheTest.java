package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.core.provision.Step;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.PoolScan;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.HasDependentsException;
import io.diskwright.spi.image.ImageRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** An image is fetched once, and again when it is another one (P3, P4). */
@ParameterizedClass
@ValueSource(strings = {"raw", "qcow2"})
class CacheTest extends FlowTestBase {
  private BaseRecord pull(Path image) throws DiskException {
    return host().pool().pull(ImageRequest.of(image.toString()), call());
  }

  @Test
  void manyDisksHaveOneBase() throws IOException {
    Path image = image("a.raw");

    ProvisionResult first = host().create("one", image);
    ProvisionResult second = host().create("two", image, 20 * MIB);

    assertThat(first.steps()).hasSize(2);
    assertThat(second.steps()).hasSize(1);
    assertThat(host().pool().bases(call())).hasSize(1);
    assertReadsAs(second.disk(), image);
  }

  @Test
  void theBaseIsReadOnlyAndTheImagesBytes() throws IOException {
    Path image = image("a.raw");
    host().create("one", image);

    Path base = PoolScan.baseFiles(poolFolder()).get(0);

    assertThat(Files.mismatch(base, image)).isEqualTo(-1);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(base)))
        .isEqualTo("r--r--r--");
  }

  @Test
  void aDiskThatIsWrittenChangesNeitherBaseNorOthers() throws IOException {
    Path image = image("a.raw");
    Path one = host().create("one", image).disk().path().orElseThrow();
    Images.overwrite(
        one,
        Files.size(one) - 512,
        "written by a guest".repeat(20).getBytes(StandardCharsets.UTF_8));

    assertReadsAs(host().create("two", image).disk(), image);
    assertThat(Files.mismatch(PoolScan.baseFiles(poolFolder()).get(0), image)).isEqualTo(-1);
  }

  @Test
  void anImageThatChangedIsAnother() throws IOException {
    Path image = image("a.raw");
    Path kept = Files.copy(image, folder.resolve("kept"));
    ProvisionResult before = host().create("before", image);
    Files.move(
        Images.raw(folder.resolve("new"), 99, 8 * MIB), image, StandardCopyOption.REPLACE_EXISTING);

    ProvisionResult after = host().create("after", image);

    assertThat(after.steps()).hasSize(2);
    assertThat(host().pool().bases(call())).hasSize(2);
    assertReadsAs(after.disk(), image);
    assertReadsAs(before.disk(), kept);
  }

  @Test
  void whatIsPulledAheadIsNotFetchedAgain() throws IOException {
    Path image = image("a.raw");

    BaseRecord base = pull(image);

    assertThat(base.virtualSize()).isEqualTo(8 * MIB);
    assertThat(base.image()).isEqualTo("file:" + image.toRealPath());
    assertThat(host().pool().bases(call())).hasSize(1);
    assertThat(host().create("disk", image).steps()).hasSize(1);
    assertThat(pull(image).attributes()).isEqualTo(base.attributes());
  }

  @Test
  void aBaseThatWasEvictedIsFilledAgain() throws IOException {
    Path image = image("a.raw");
    BaseRecord base = pull(image);

    assertThat(host().pool().evict(base.key(), call())).isEqualTo(Eviction.REMOVED);
    assertThat(host().pool().evict(base.key(), call())).isEqualTo(Eviction.ABSENT);
    assertThat(host().pool().bases(call())).isEmpty();
    assertThat(PoolScan.baseFiles(poolFolder())).isEmpty();

    ProvisionResult again = host().create("disk", image);
    assertThat(again.steps()).hasSize(2);
    assertReadsAs(again.disk(), image);
  }

  @Test
  void aBaseInUseStaysOrNobodyNeedsIt() throws IOException {
    Path image = image("a.raw");
    ProvisionResult disk = host().create("disk", image);
    BaseRecord base = host().pool().bases(call()).get(0);
    List<DiskName> users = host().pool().users(base.key(), call());

    if (backend.equals("raw")) {
      assertThat(users).isEmpty();
      assertThat(host().pool().evict(base.key(), call())).isEqualTo(Eviction.REMOVED);
      assertReadsAs(disk.disk(), image);
    } else {
      assertThat(users).containsExactly(new DiskName("disk"));
      DiskException failure = failure(() -> host().pool().evict(base.key(), call()));
      assertThat(failure).isInstanceOf(HasDependentsException.class);
      assertThat(failure).hasMessageContaining("disk").hasMessageContaining("flatten");
      assertThat(host().pool().bases(call())).hasSize(1);

      host().pool().delete(new DiskName("disk"), call());
      assertThat(host().pool().evict(base.key(), call())).isEqualTo(Eviction.REMOVED);
    }
  }

  @Test
  void whatWasReallyDoneIsTold() throws IOException {
    Path image = image("a.raw");

    List<Step> steps = host().create("disk", image).steps();

    assertThat(steps.get(0).name()).isIn("copy", "reflink");
    assertThat(steps.get(1).name()).isIn("overlay", "copy", "reflink");
    assertThat(steps).allSatisfy(step -> assertThat(step.detail()).isNotBlank());
    assertThat(steps).allSatisfy(step -> assertThat(step.took()).isPositive());
    if (steps.get(1).name().equals("copy")) {
      assertThat(steps.get(1).bytesMoved()).isPositive();
      assertThat(host().create("next", image).refusals())
          .anyMatch(refusal -> refusal.way().equals("reflink") && !refusal.reason().isBlank());
    }
  }
}
