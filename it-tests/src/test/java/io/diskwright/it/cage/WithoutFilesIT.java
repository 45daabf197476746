package io.diskwright.it.cage;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.Diskwright;
import io.diskwright.core.cache.Verification;
import io.diskwright.core.config.ConfigurationLoader;
import io.diskwright.core.config.ProcessEnvironment;
import io.diskwright.core.discovery.Providers;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.it.support.Await;
import io.diskwright.it.support.Host;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.PoolScan;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.ImageBackendProvider;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.call.Deadline;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.ImageSourceProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A foreign image becomes a disk on storage without files, of which the tool knows nothing. */
class WithoutFilesIT {
  private static final long SIZE = 41 << 20;

  @TempDir Path folder = Path.of("");
  private Path raw = Path.of("");

  /** A tool must read it. */
  private Path image = Path.of("");

  /** Our own reader reads it. */
  private Path plain = Path.of("");

  private Set<Path> socketFoldersBefore = Set.of();

  @BeforeEach
  void makeImage() throws Exception {
    socketFoldersBefore = socketFolders();
    raw = Images.raw(folder.resolve("image.raw"), 5, SIZE);
    image = folder.resolve("image.qcow2");
    Tools.run("qemu-img", "convert", "-c", "-f", "raw", "-O", "qcow2", raw, image);
    plain = folder.resolve("plain.qcow2");
    Tools.run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, plain);
  }

  private Diskwright open(String name, String backend, String... keys) throws IOException {
    List<ImageBackendProvider> backends = new ArrayList<>(List.of(new PathlessProvider()));
    ServiceLoader.load(ImageBackendProvider.class).forEach(backends::add);
    Providers providers = Providers.of(backends, ServiceLoader.load(ImageSourceProvider.class));
    Path yaml = Host.yaml(folder.resolve(name), backend, keys);
    return Diskwright.open(
        ConfigurationLoader.of(providers, ProcessEnvironment.current()).withFile(yaml).load(),
        providers);
  }

  /** Returns the servers that this process has started. */
  private static List<ProcessHandle> servers() {
    return ProcessHandle.current()
        .descendants()
        .filter(child -> child.info().command().orElse("").endsWith("qemu-nbd"))
        .toList();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    assertThat(servers()).isEmpty();
    assertThat(PoolScan.leftOvers(folder.resolve("pool"))).isEmpty();
    Set<Path> came = socketFolders();
    came.removeAll(socketFoldersBefore);
    Await.until(
        came + " go: ours is gone, others' may live on",
        () -> came.stream().noneMatch(Files::exists));
  }

  /** Where servers of this user are to listen; one of a process that was killed may stay. */
  private static Set<Path> socketFolders() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("diskwright-nbd"))
          .collect(Collectors.toSet());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"old-data: false", "old-data: true"})
  void everyByteArrives(String key) throws Exception {
    String byTool;
    try (Diskwright files = open("files", "raw")) {
      ProvisionResult made = files.provision(Host.diskFrom("disk", image).build(), call());
      byTool = checksum(files);
      Tools.assertSame(made.disk().path().orElseThrow(), "raw", raw, "raw");
    }
    try (Diskwright objects = open("pool", PathlessProvider.ID, key)) {
      ProvisionResult made = objects.provision(Host.diskFrom("disk", image).build(), call());

      assertThat(made.steps().get(0).name()).isEqualTo("convert");
      Tools.assertSame(made.disk().path().orElseThrow(), "raw", raw, "raw");
      assertThat(Images.readsAs(made.disk().path().orElseThrow(), raw)).isTrue();
      assertThat(checksum(objects)).isEqualTo(byTool);
      BaseRecord base = objects.defaultPool().bases(call()).get(0);
      assertThat(objects.defaultPool().verify(base, call()).state())
          .isEqualTo(Verification.State.SOUND);
    }
  }

  private static String checksum(Diskwright diskwright) throws DiskException {
    return diskwright.defaultPool().bases(call()).get(0).checksum().orElseThrow();
  }

  @Test
  void aQcow2ThatIsNotCompressedNeedsNoServer() throws Exception {
    AtomicInteger looked = new AtomicInteger();
    Progress progress =
        (step, done, total) -> {
          assertThat(servers()).isEmpty();
          looked.incrementAndGet();
        };
    Call watched = Call.of(Deadline.after(Duration.ofMinutes(1)), new Cancellation(), progress);
    try (Diskwright objects = open("pool", PathlessProvider.ID)) {
      ProvisionResult made = objects.provision(Host.diskFrom("disk", plain).build(), watched);

      assertThat(made.steps().get(0).name()).isEqualTo("convert");
      assertThat(looked).hasPositiveValue();
      Tools.assertSame(made.disk().path().orElseThrow(), "raw", raw, "raw");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoCancelsEndsIt(boolean own) throws Exception {
    Cancellation cancellation = new Cancellation();
    Call call =
        Call.of(
            Deadline.after(Duration.ofMinutes(1)),
            cancellation,
            (step, done, total) -> cancellation.cancel());

    assertThat(failureOf(own ? plain : image, call).reason()).isEqualTo(Reason.CANCELLED);
  }

  @Test
  void aServerThatDiesIsToldByItsSignal() throws Exception {
    Progress progress = (step, done, total) -> servers().forEach(ProcessHandle::destroyForcibly);
    DiskException failure =
        failureOf(
            image, Call.of(Deadline.after(Duration.ofMinutes(1)), new Cancellation(), progress));

    assertThat(failure.reason()).isEqualTo(Reason.IO_ERROR);
    assertThat(failure).hasMessageContaining("qemu-nbd failed").hasMessageContaining("signal 9");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void pastItsDeadlineItEnds(boolean own) throws Exception {
    Call call = Call.within(Duration.ofSeconds(1));
    DiskException failure = failureOf(own ? plain : image, call, "fill-bandwidth: 1M");

    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("deadline");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void waitingForTheBandwidthIsNoStall(boolean own) throws Exception {
    Path slow = own ? plain : image;
    try (Diskwright objects =
        open(
            "pool",
            PathlessProvider.ID,
            "fill-bandwidth: 2M",
            "fills-at-once: 1",
            "stall-timeout: 1s")) {
      ProvisionResult made = objects.provision(Host.diskFrom("disk", slow).build(), call());

      Tools.assertSame(made.disk().path().orElseThrow(), "raw", raw, "raw");
    }
  }

  private DiskException failureOf(Path from, Call call, String... keys) throws IOException {
    try (Diskwright objects = open("pool", PathlessProvider.ID, keys)) {
      DiskException failure =
          failure(() -> objects.provision(Host.diskFrom("disk", from).build(), call));
      assertThat(objects.defaultPool().bases(call())).isEmpty();
      return failure;
    }
  }
}
