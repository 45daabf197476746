package io.diskwright.it.glance;

import static io.diskwright.it.support.Host.call;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.Diskwright;
import io.diskwright.core.event.PoolEvent;
import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.core.provision.Step;
import io.diskwright.it.support.Host;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.OpenStack;
import io.diskwright.it.support.PoolScan;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.ImageRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The branches that Nova takes where an image is fetched ({@code Image.cache}, {@code
 * fetch_to_raw}, {@code Flat}, {@code Qcow2}), one test each: docs/nova.md.
 */
class NovaFetchIT extends GlanceTestBase {
  private final Queue<PoolEvent> events = new ConcurrentLinkedQueue<>();

  private Diskwright onFiles(String backend, String... keys) throws Exception {
    Path yaml = Host.yaml(folder.resolve("pool"), backend, keys);
    String sources = "sources: {glance: {cloud: %s, clouds-file: '%s'}}\n";
    Files.writeString(
        yaml, Files.readString(yaml) + sources.formatted(OpenStack.USER, cloud.clouds()));
    return closing(Diskwright.open(yaml, events::add));
  }

  private static ProvisionRequest.Builder disk(String named, String id) {
    return ProvisionRequest.fromImage(new DiskName(named), "glance:" + id);
  }

  private long fills() {
    return events.stream().filter(event -> event.kind() == PoolEvent.Kind.FILL).count();
  }

  private void assertRefused(Diskwright diskwright, String id, String... words) throws Exception {
    DiskException failure = failure(() -> diskwright.provision(disk("d", id).build(), call()));
    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContainingAll(words);
    assertThat(diskwright.defaultPool().bases(call())).isEmpty();
    assertThat(PoolScan.leftOvers(folder.resolve("pool"))).isEmpty();
  }

  private Path qemu(String file, String... arguments) throws Exception {
    Path made = folder.resolve(file);
    List<Object> all = new ArrayList<>(List.of("create", "-q"));
    all.addAll(List.of(arguments));
    all.add(made);
    all.add("4M");
    Tools.run("qemu-img", all.toArray());
    return made;
  }

  @ParameterizedTest
  @ValueSource(strings = {"raw", "qcow2"})
  void whatWasPulledAheadIsNotFetchedAgain(String backend) throws Exception {
    String id = cloud.upload(name, "raw", raw(30, 2 * MIB), "file");
    Diskwright diskwright = onFiles(backend);
    var unused = diskwright.defaultPool().pull(ImageRequest.of("glance:" + id), call());

    ProvisionResult made = diskwright.provision(disk("d", id).build(), call());

    assertThat(made.steps()).hasSize(1);
    assertThat(fills()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"raw, RAW", "keep, QCOW2"})
  void anImageIsConvertedToRawUnlessThePoolKeepsIt(String format, DiskFormat base)
      throws Exception {
    String id = cloud.upload(name, "qcow2", Images.HELLO_QCOW2, "file");
    Diskwright diskwright = onFiles("qcow2", "base-format: " + format);

    ProvisionResult made = diskwright.provision(disk("d", id).build(), call());

    assertThat(diskwright.defaultPool().bases(call()).get(0).format()).isEqualTo(base);
    Path path = made.disk().path().orElseThrow();
    Tools.assertSame(path, "qcow2", Images.HELLO_RAW, "raw");
    assertThat(Tools.run("qemu-img", "info", "--output=json", path))
        .contains("\"backing-filename-format\": \"%s\"".formatted(base.id()));
  }

  @Test
  void aBaseThatIsThereAndADiskThatIsSmallerIsRefused() throws Exception {
    String id = cloud.upload(name, "qcow2", Images.HELLO_QCOW2, "file");
    Diskwright diskwright = onFiles("raw");
    diskwright.provision(disk("one", id).build(), call());

    DiskException failure =
        failure(() -> diskwright.provision(disk("two", id).size(512).build(), call()));

    assertThat(failure.reason()).isEqualTo(Reason.BASE_LARGER_THAN_SIZE);
    assertThat(diskwright.defaultPool().disks(call())).hasSize(1);
  }

  @Test
  void aSizeThatOnlyTheImagesOwnHeaderTellsIsCheckedBeforeItIsConverted() throws Exception {
    String id = cloud.upload(name, "qcow2", Images.HELLO_QCOW2, "file");
    Diskwright diskwright = onFiles("raw");

    DiskException failure =
        failure(() -> diskwright.provision(disk("d", id).size(512).build(), call()));

    assertThat(failure.reason()).isEqualTo(Reason.BASE_LARGER_THAN_SIZE);
    assertThat(diskwright.defaultPool().bases(call())).isEmpty();
    assertThat(PoolScan.leftOvers(folder.resolve("pool"))).isEmpty();
  }

  @Test
  void theFormatThatGlanceTellsMustBeTheImages() throws Exception {
    String hidden = cloud.upload(name, "raw", Images.HELLO_QCOW2, "file");
    String none = cloud.upload(name, "qcow2", raw(31, MIB), "file");
    Diskwright diskwright = onFiles("raw");

    assertRefused(diskwright, hidden, "declared as raw", "qcow2");
    assertRefused(diskwright, none, "declared as qcow2");
  }

  @Test
  void anImageWithABackingFileIsRefused() throws Exception {
    Path image = qemu("backed", "-f", "qcow2", "-F", "raw", "-u", "-b", "/etc/passwd");

    assertRefused(onFiles("raw"), cloud.upload(name, "qcow2", image, "file"), "backing file");
  }

  @Test
  void anImageWithADataFileIsRefused() throws Exception {
    Path data = folder.resolve("data");
    Path image = qemu("external", "-f", "qcow2", "-o", "data_file=" + data);

    assertRefused(onFiles("raw"), cloud.upload(name, "qcow2", image, "file"), "data file");
  }

  @Test
  void aVmdkThatIsInOneFileIsConvertedAndOneThatNamesOthersIsRefused() throws Exception {
    Path good = folder.resolve("good.vmdk");
    Tools.run(
        "qemu-img",
        "convert",
        "-f",
        "raw",
        "-O",
        "vmdk",
        "-o",
        "subformat=streamOptimized",
        Images.HELLO_RAW,
        good);
    Path flat = qemu("flat.vmdk", "-f", "vmdk", "-o", "subformat=monolithicFlat");
    Diskwright diskwright = onFiles("raw");

    assertRefused(diskwright, cloud.upload(name, "vmdk", flat, "file"), "names other files");
    ProvisionResult made =
        diskwright.provision(disk("d", cloud.upload(name, "vmdk", good, "file")).build(), call());

    assertThat(made.steps()).extracting(Step::name).contains("convert");
    Tools.assertSame(made.disk().path().orElseThrow(), "raw", Images.HELLO_RAW, "raw");
  }

  @Test
  void aPreallocatedDiskTakesItsSpaceAtOnce() throws Exception {
    String id = cloud.upload(name, "raw", raw(33, 2 * MIB), "file");

    ProvisionResult made =
        onFiles("raw").provision(disk("d", id).size(16 * MIB).preallocate(true).build(), call());

    Path path = made.disk().path().orElseThrow();
    long blocks = Long.parseLong(Tools.run("stat", "-c", "%b", path).strip());
    assertThat(blocks * 512).isGreaterThanOrEqualTo(16 * MIB);
  }

  @Test
  void aDiskForSwapOrAnEphemeralOneIsBlankAndHasNoBase() throws Exception {
    Diskwright diskwright = onFiles("qcow2");

    ProvisionResult made =
        diskwright.provision(ProvisionRequest.blank(new DiskName("swap"), 8 * MIB).build(), call());

    assertThat(made.disk().record().origin()).hasToString("blank");
    assertThat(diskwright.defaultPool().bases(call())).isEmpty();
    assertThat(events).extracting(PoolEvent::kind).containsExactly(PoolEvent.Kind.CREATE);
  }
}
