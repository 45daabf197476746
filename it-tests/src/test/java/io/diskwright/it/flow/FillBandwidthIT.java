package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.diskFrom;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** A base that is filled slowly is as good as any, and slowness is not taken for a stall. */
@ParameterizedClass
@ValueSource(strings = {"raw", "qcow2"})
class FillBandwidthIT extends FlowTestBase {
  @Override
  String[] keys() {
    return new String[] {
      "fills-at-once: 1", "fill-bandwidth: 1M", "stall-timeout: 1s", "conversion-deadline: 1s"
    };
  }

  /** Makes an image of 6 MiB, the last third of it zeros. */
  private Path data() throws Exception {
    Path raw = folder.resolve("image.raw");
    byte[] bytes = new byte[(int) (4 * MIB)];
    new Random(6).nextBytes(bytes);
    Files.write(raw, bytes);
    Images.overwrite(raw, 510, new byte[] {0x55, (byte) 0xaa});
    Tools.run("truncate", "-s", 6 * MIB, raw);
    return raw;
  }

  private Path qcow2(Path raw) throws Exception {
    Path image = folder.resolve("image.qcow2");
    Tools.run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, image);
    return image;
  }

  @Test
  void aCopyHasTheImagesBytes() throws Exception {
    Path raw = data();

    ProvisionResult made = host().create("disk", raw);

    assertThat(made.steps().get(0).bytesMoved()).isIn(0L, 4 * MIB); // 0: the blocks are shared
    assertReadsAs(made.disk(), raw);
  }

  @Test
  void aConversionThatWaitsForItsRateIsNotEnded() throws Exception {
    Path raw = data();

    ProvisionResult made = host().create("disk", qcow2(raw));

    assertThat(made.steps().get(0).name()).isEqualTo("convert");
    assertReadsAs(made.disk(), raw);
  }

  @Test
  void whoHasLessTimeThanTheRateAsksForEndsByTheDeadline() throws Exception {
    Path image = qcow2(data());
    Call call = Call.within(Duration.ofSeconds(1));

    DiskException failure =
        failure(() -> host().diskwright().provision(diskFrom("disk", image).build(), call));

    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("deadline");
    assertThat(host().pool().bases(call)).isEmpty();
  }
}
