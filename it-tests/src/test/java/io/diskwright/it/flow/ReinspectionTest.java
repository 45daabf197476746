package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.PoolScan;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Bases that older rules have accepted are inspected again before they are used, once. */
@ParameterizedClass
@ValueSource(strings = {"raw", "qcow2"})
class ReinspectionTest extends FlowTestBase {
  /** Makes the pool's only base one that was made before records named the rules. */
  private void age() throws IOException {
    try (Stream<Path> files = Files.list(poolFolder().resolve("bases"))) {
      Path record = files.filter(file -> file.toString().endsWith(".base")).findAny().orElseThrow();
      String text = Files.readString(record);
      assertThat(text).contains(",rules-");
      Files.writeString(record, text.replaceAll(",rules-[0-9]+", ""));
    }
  }

  private BaseRecord base() throws DiskException {
    return host().pool().bases(call()).get(0);
  }

  @Test
  void whatIsStillGoodIsUsedAndRemembered() throws IOException {
    Path image = image("a.raw");
    host().create("one", image);
    String verified = base().verified();
    host().pool().pin(base().key(), true, call());
    age();

    assertThat(host().create("two", image).steps()).hasSize(1);

    assertThat(base().verified()).isEqualTo(verified);
    assertThat(host().pool().baseUsage(call()))
        .singleElement()
        .satisfies(usage -> assertThat(usage.pinned()).isTrue());
    assertReadsAs(host().create("three", image).disk(), image);
    assertThat(host().leftOvers()).isEmpty();
  }

  @Test
  void whatTodaysRulesRefuseIsNotUsedAndSaysWhatToDo() throws IOException {
    Path image = image("a.raw");
    host().create("one", image);
    age();
    becomesVhd(PoolScan.baseFiles(poolFolder()).get(0)); // as if nobody had known them then

    DiskException failure = failure(() -> host().create("two", image));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure)
        .hasMessageContaining("declared as raw and is vhd")
        .hasMessageContaining("base evict " + base().key().value());
    assertThat(host().pool().disks(call())).hasSize(1);
  }

  /** Gives bytes the beginning of a VHD. */
  private static void becomesVhd(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.write("conectix".getBytes(StandardCharsets.US_ASCII));
    }
  }

  @Test
  void aRecordOfTheRulesOfTodayIsLeftAlone() throws IOException {
    Path image = image("a.raw");
    host().create("one", image);
    becomesVhd(PoolScan.baseFiles(poolFolder()).get(0));

    assertThat(host().create("two", image).created()).isTrue();
  }
}
