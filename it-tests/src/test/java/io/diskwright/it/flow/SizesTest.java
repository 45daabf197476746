package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.diskFrom;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.it.support.Images;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.error.BaseLargerThanSizeException;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes are checked before anything is made, and are those that were asked for. */
@ParameterizedClass
@ValueSource(strings = {"raw", "qcow2"})
class SizesTest extends FlowTestBase {
  @Override
  String[] keys() {
    return new String[] {"virtual-size-limit: 64M"};
  }

  private void assertNothingWasMade() throws IOException {
    assertThat(host().pool().disks(call())).isEmpty();
    assertThat(host().pool().bases(call())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        -1,
        -512,
        1,
        511,
        513,
        8_388_609,
        67_109_376,
        1L << 50,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        Long.MAX_VALUE - 511
      })
  void aSizeThatIsNoneIsRefusedEverywhere(long size) throws IOException {
    Path image = image("a.raw");
    DiskException fromImage = failure(() -> host().create("disk", image, size));
    DiskException blank = failure(() -> host().blank("disk", size));
    assertNothingWasMade();
    host().blank("other", MIB);
    DiskException resize = failure(() -> host().pool().resize(new DiskName("other"), size, call()));

    for (DiskException failure : new DiskException[] {fromImage, blank, resize}) {
      assertThat(failure.reason()).isEqualTo(Reason.INVALID_REQUEST);
      assertThat(failure).hasMessageContaining("size (" + size + ")");
      assertThat(failure.remedy())
          .hasValueSatisfying(remedy -> assertThat(remedy).doesNotContain("-"));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {512, 8 * 1024 * 1024 - 512})
  void aSizeSmallerThanTheImageIsRefusedBeforeItIsFetched(long size) throws IOException {
    Path image = image("a.raw");

    DiskException failure = failure(() -> host().create("disk", image, size));

    assertThat(failure).isInstanceOf(BaseLargerThanSizeException.class);
    assertThat(failure)
        .hasMessageContaining(Long.toString(size))
        .hasMessageContaining("8388608")
        .hasMessageContaining(image.toString());
    assertThat(failure.remedy()).isPresent();
    assertNothingWasMade();
  }

  @Test
  void aSizeSmallerThanTheBaseIsRefused() throws IOException {
    Path image = image("a.raw");
    host().create("disk", image);

    assertThat(failure(() -> host().create("small", image, MIB)).reason())
        .isEqualTo(Reason.BASE_LARGER_THAN_SIZE);
  }

  @ParameterizedTest
  @ValueSource(longs = {8 * 1024 * 1024, 8 * 1024 * 1024 + 512, 20_000_256, 64 * 1024 * 1024})
  void theSizeIsThatWhichIsAskedFor(long size) throws IOException {
    Path image = image("a.raw");

    ProvisionResult result = host().create("disk", image, size);

    assertThat(result.disk().record().size()).isEqualTo(size);
    assertReadsAs(result.disk(), image);
  }

  @Test
  void withoutASizeItIsTheImages() throws IOException {
    Path image = image("a.raw");

    ProvisionResult result = host().create("disk", image);

    assertThat(result.disk().record().size()).isEqualTo(8 * MIB);
    assertReadsAs(result.disk(), image);
  }

  @Test
  void anOddImageIsRoundedUpToASector() throws IOException {
    Path image = Images.raw(folder.resolve("odd.raw"), 1, 5_000_001);

    ProvisionResult result = host().create("disk", image);

    assertThat(result.disk().record().size()).isEqualTo(5_000_192);
    assertReadsAs(result.disk(), image);
    assertThat(failure(() -> host().create("small", image, 5_000_192 - 512)).reason())
        .isEqualTo(Reason.BASE_LARGER_THAN_SIZE);
  }

  @Test
  void aTinyImageIsASector() throws IOException {
    Path image = Files.write(folder.resolve("tiny"), new byte[] {7});

    ProvisionResult result = host().provision(diskFrom("disk", image).format(DiskFormat.RAW));

    assertThat(result.disk().record().size()).isEqualTo(512);
    assertReadsAs(result.disk(), image);
  }

  @Test
  void anImageAboveTheLimitIsRefused() throws IOException {
    Path image = Images.raw(folder.resolve("large.raw"), 1, 64 * MIB + 1);

    DiskException failure = failure(() -> host().create("disk", image));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContaining("limit of 67108864");
    assertNothingWasMade();
  }

  @Test
  void aBlankDiskHasItsSize() throws IOException {
    ProvisionResult result = host().blank("disk", 10 * MIB);

    assertThat(result.created()).isTrue();
    assertThat(result.disk().record().size()).isEqualTo(10 * MIB);
    assertThat(host().pool().bases(call())).isEmpty();
  }

  @Test
  void shrinkingIsRefused() throws IOException {
    host().blank("disk", 10 * MIB);

    DiskException failure =
        failure(() -> host().pool().resize(new DiskName("disk"), 9 * MIB, call()));

    assertThat(failure.reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(failure).hasMessageContaining("smaller").hasMessageContaining("10485760");
    assertThat(host().pool().find(new DiskName("disk"), call()).orElseThrow().record().size())
        .isEqualTo(10 * MIB);
  }

  @Test
  void growingWhatIsNotThereIsAnError() {
    assertThat(failure(() -> host().pool().resize(new DiskName("disk"), MIB, call())).reason())
        .isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void growingToItsOwnSizeDoesNothing() throws IOException {
    host().blank("disk", 10 * MIB);

    assertThat(host().pool().resize(new DiskName("disk"), 10 * MIB, call()).disk().size())
        .isEqualTo(10 * MIB);
  }
}
