package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.diskFrom;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.export.BaseExport;
import io.diskwright.core.export.FallbackHost;
import io.diskwright.core.inspect.InspectionRules;
import io.diskwright.core.provision.PlannedStep;
import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.core.provision.Step;
import io.diskwright.it.support.Host;
import io.diskwright.it.support.ImageServer;
import io.diskwright.it.support.Images;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.call.Deadline;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.toolkit.os.FileContent;
import io.diskwright.toolkit.os.NativeFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An image that its source has no more comes from the cache of another host. What that sends is a
 * file here, which a command prints.
 */
@ParameterizedClass
@ValueSource(strings = {"raw", "qcow2"})
class FallbackHostTest extends FlowTestBase {
  private static final FallbackHost OTHER = new FallbackHost("other");

  /** A host's name is that of a script. */
  @Override
  String[] keys() {
    return new String[] {
      "fallback-command: /bin/sh " + folder + "/{host} {pool} {image}", "stall-timeout: 1s"
    };
  }

  /** Makes a host that does what a script says. */
  private FallbackHost host(String name, String script) throws IOException {
    Files.writeString(folder.resolve(name), script + '\n');
    return new FallbackHost(name);
  }

  private Path gone(String name) throws IOException {
    return gone(name, Map.of());
  }

  /**
   * Has another host cache an image and export it; the image is gone then.
   *
   * @param changes what its record says otherwise
   */
  private Path gone(String name, Map<String, String> changes) throws IOException {
    Path image = image(name);
    Path kept = Files.copy(image, folder.resolve("kept-" + name));
    Path exported = folder.resolve("exported");
    try (Host other = Host.open(folder.resolve("other-pool"), "raw");
        OutputStream target = Files.newOutputStream(exported)) {
      BaseRecord base = other.pool().pull(ImageRequest.of(image.toString()), call());
      Map<String, String> record = base.attributes();
      record.putAll(changes);
      other.pool().export(BaseRecord.fromAttributes(record), target, call());
    }
    Files.delete(image);
    FallbackHost unused = host(OTHER.name(), "cat '" + exported + "'");
    return kept;
  }

  private ProvisionRequest.Builder request(String disk, String image) {
    return diskFrom(disk, folder.resolve(image)).fallbackHost(OTHER);
  }

  private DiskException refused(ProvisionRequest.Builder request) throws IOException {
    DiskException failure = failure(() -> host().provision(request));
    assertThat(host().pool().bases(call())).isEmpty();
    assertThat(host().pool().disks(call())).isEmpty();
    return failure;
  }

  @Test
  void itsBaseIsFilledFromThereAndServesEveryOtherDisk() throws IOException {
    Path kept = gone("a.raw");

    assertThat(refused(diskFrom("one", folder.resolve("a.raw"))).reason())
        .as("nobody named a host")
        .isEqualTo(Reason.NOT_FOUND);
    ProvisionResult made = host().provision(request("one", "a.raw"));
    FallbackHost dead = host("dead", "exit 255");
    ProvisionResult again = host().provision(request("two", "a.raw").fallbackHost(dead));

    assertReadsAs(made.disk(), kept);
    assertThat(made.steps()).hasSize(2);
    assertThat(made.steps().get(0).detail()).contains("a.raw of other into a raw base");
    assertReadsAs(again.disk(), kept);
    assertThat(again.steps()).extracting(Step::name).doesNotContain("convert").hasSize(1);
    assertThat(host().pool().bases(call()))
        .singleElement()
        .satisfies(
            base -> {
              assertThat(base.image()).isEqualTo("file:" + folder.resolve("a.raw"));
              assertThat(base.checksum()).isPresent();
            });
    assertThat(host().provision(request("one", "a.raw")).created()).isFalse();
  }

  @Test
  void itIsNotTakenForTheImageWhenThatIsThereAgain() throws IOException {
    Path kept = gone("a.raw");
    host().provision(request("one", "a.raw"));
    Path other = Images.raw(folder.resolve("a.raw"), 77, MIB);

    ProvisionResult made = host().provision(request("two", "a.raw"));

    assertReadsAs(made.disk(), other);
    assertReadsAs(host().provision(request("one", "a.raw")).disk(), kept);
    assertThat(host().pool().bases(call())).hasSize(2);
  }

  @Test
  void pullingAndPlanningGoThereToo() throws IOException {
    Path kept = gone("a.raw");
    String reference = folder.resolve("a.raw").toString();

    var planned = host().diskwright().plan(request("one", "a.raw").build(), call());
    BaseRecord base = host().pool().pull(ImageRequest.of(reference), OTHER, call());

    assertThat(planned.steps()).hasSizeGreaterThan(1);
    PlannedStep first = planned.steps().get(0);
    assertThat(first.detail()).endsWith("a.raw of other");
    assertThat(base.virtualSize()).isEqualTo(Files.size(kept));
    assertThat(host().diskwright().plan(request("one", "a.raw").build(), call()).steps())
        .as("of the base that is there now")
        .hasSize(1);
  }

  @Test
  void whatIsDeclaredMustHaveBeenFoundThere() throws IOException {
    Path kept = gone("a.raw");
    Digest digest = Digest.parse("sha256:" + "0".repeat(64));

    DiskException other = refused(request("one", "a.raw").digest(digest));
    DiskException format = refused(request("one", "a.raw").format(DiskFormat.QCOW2));
    DiskException small = refused(request("one", "a.raw").size(MIB));

    assertThat(other.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(other).hasMessageContaining("must have the digest sha256:0000");
    assertThat(format.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(format).hasMessageContaining("declared as qcow2, and was raw");
    assertThat(small.reason()).isEqualTo(Reason.BASE_LARGER_THAN_SIZE);
    assertReadsAs(host().provision(request("one", "a.raw").format(DiskFormat.RAW)).disk(), kept);
  }

  @Test
  void whatOlderRulesHaveInspectedIsInspectedHereOrRefused() throws IOException {
    String older = "inspected,rules-0";
    Path raw = gone("a.raw", Map.of("verified", older));
    assertReadsAs(host().provision(request("one", "a.raw")).disk(), raw);
    Path unused = gone("b.qcow2", Map.of("verified", older, "image-format", "qcow2"));

    DiskException failure = failure(() -> host().provision(request("two", "b.qcow2")));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContaining("older rules");
    assertThat(host().pool().bases(call()))
        .singleElement()
        .satisfies(base -> assertThat(base.verified()).doesNotContain("rules-0"));
  }

  @Test
  void whatIsNoWholeBaseOfTheImageIsRefused() throws IOException {
    Path unused = gone("a.raw");
    Path exported = folder.resolve("exported");
    long size = Files.size(exported);

    DiskException another = refused(request("one", "b.raw"));
    DiskException text = refused(request("one", "a.raw").fallbackHost(host("text", "echo hello")));
    FallbackHost cutOff = host("cut", "head -c %d '%s'".formatted(size - 1, exported));
    DiskException cut = refused(request("one", "a.raw").fallbackHost(cutOff));
    String damage = "head -c %1$d '%2$s'; printf x; tail -c +%3$d '%2$s'";
    FallbackHost damaging = host("damage", damage.formatted(size / 2, exported, size / 2 + 2));
    DiskException damaged = refused(request("one", "a.raw").fallbackHost(damaging));
    FallbackHost failing = host("late", "cat '%s'; echo it broke >&2; exit 16".formatted(exported));
    DiskException failed = refused(request("one", "a.raw").fallbackHost(failing));

    assertThat(another.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(another).hasMessageContaining("it is one of another image");
    assertThat(text.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(text).hasMessageContaining("does not begin as a base");
    assertThat(cut.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(damaged.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failed.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failed).hasMessageContaining("it broke");
  }

  @Test
  void aHostThatHasNoneOrCannotBeAskedSaysWhy() throws IOException {
    FallbackHost without = host("without", "echo no base of \"$2\" on \"$1\" >&2; exit 3");
    FallbackHost dead = host("dead", "echo connection refused >&2; exit 255");
    FallbackHost silent = host("silent", "exec sleep 1000");

    DiskException none = refused(request("one", "a.raw").fallbackHost(without));
    DiskException refused = refused(request("one", "a.raw").fallbackHost(dead));
    DiskException stalled = refused(request("one", "a.raw").fallbackHost(silent));

    assertThat(none.reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(none).hasMessageContaining("no base of file:" + folder + "/a.raw on pool");
    assertThat(refused.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(refused).hasMessageContaining("connection refused");
    assertThat(stalled.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(stalled).hasMessageContaining("did nothing for 1 s");
  }

  @Test
  void aNameThatAShellWouldReadIsNotSentToOne() throws IOException {
    DiskException failure = refused(request("one", "a;reboot"));

    assertThat(failure.reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(failure).hasMessageContaining("a shell on other");
  }

  @Test
  void anEmptyCommandIsToldAsSuch() throws IOException {
    try (Host none = Host.open(folder.resolve("none"), backend, "fallback-command: ''")) {
      DiskException failure = failure(() -> none.provision(request("one", "a.raw")));

      assertThat(failure.reason()).isEqualTo(Reason.CONFIGURATION);
    }
  }

  /** Has another host export bytes as a base, whose record says what is given. */
  private void exported(String image, Path bytes, Map<String, String> record) throws IOException {
    Map<String, String> all = new TreeMap<>(record);
    String size = Long.toString(Files.size(bytes));
    all.put("key", "ab".repeat(32));
    all.put("storage-id", "base#1");
    all.put("image", "file:" + folder.resolve(image));
    all.putIfAbsent("length", size);
    all.putIfAbsent("virtual-size", size);
    all.putIfAbsent("verified", "inspected,rules-" + InspectionRules.VERSION);
    all.put("created", "2026-01-01T00:00:00Z");
    Path exported = folder.resolve("exported");
    BaseRecord base = BaseRecord.fromAttributes(all);
    try (OutputStream target = Files.newOutputStream(exported);
        Content content =
            new FileContent(NativeFile.openRead(bytes), Files.size(bytes), "read base")) {
      new BaseExport(new PoolName("pool"), base, content, target, call()).run();
    }
    FallbackHost unused = host(OTHER.name(), "cat '" + exported + "'");
  }

  @Test
  void whatWasConvertedIsNotTakenForSomethingPacked() throws IOException {
    Path content = image("content");
    Images.overwrite(content, 0, new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 3});
    exported("a.qcow2", content, Map.of("format", "raw", "image-format", "qcow2"));

    assertReadsAs(host().provision(request("one", "a.qcow2")).disk(), content);
    exported("b.raw", content, Map.of("format", "raw", "image-format", "raw"));
    DiskException packed = failure(() -> host().provision(request("two", "b.raw")));

    assertThat(packed.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(host().pool().bases(call())).hasSize(1);
  }

  @Test
  void aBaseThatIsKeptAsItCameIsTakenFromAHostThatTakesItsTime() throws IOException {
    String virtual = Long.toString(Files.size(Images.HELLO_RAW));
    Map<String, String> record =
        Map.of("format", "qcow2", "image-format", "qcow2", "virtual-size", virtual);
    exported("a.qcow2", Images.HELLO_QCOW2, record);
    FallbackHost slow =
        host("slow", "cat '%s'; exec >&-; sleep 0.3".formatted(folder.resolve("exported")));
    String command = "fallback-command: /bin/sh " + folder + "/{host}";
    try (Host keeping = Host.open(folder.resolve("k"), "qcow2", command, "base-format: keep")) {
      keeping.provision(request("one", "a.qcow2").fallbackHost(slow));

      assertThat(keeping.pool().bases(call()))
          .singleElement()
          .satisfies(base -> assertThat(base.format()).isEqualTo(DiskFormat.QCOW2));
    }
  }

  @Test
  void aFormatThatThePoolDoesNotAcceptIsNotHadByThatWayEither() throws IOException {
    exported("a.qcow2", image("content"), Map.of("format", "raw", "image-format", "qcow2"));
    String command = "fallback-command: /bin/sh " + folder + "/{host}";
    try (Host raw = Host.open(folder.resolve("r"), backend, command, "image-formats: raw");
        Host qcow2 = Host.open(folder.resolve("q"), backend, command, "image-formats: qcow2")) {
      DiskException failure = failure(() -> raw.provision(request("one", "a.qcow2")));

      assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
      assertThat(failure).hasMessageContaining("does not accept");
      assertThat(qcow2.provision(request("one", "a.qcow2")).created()).isTrue();
    }
  }

  @Test
  void aPoolThatNeverDownloadsDoesNotAskAnotherHostForADisk() throws IOException {
    Path unused = gone("a.raw");
    String command = "fallback-command: /bin/sh " + folder + "/{host}";
    try (Host never = Host.open(folder.resolve("n"), backend, command, "never-download: true")) {
      DiskException failure = failure(() -> never.provision(request("one", "a.raw")));

      assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
      assertThat(failure).hasMessageContaining("never-download");
    }
  }

  @Test
  void anImageThatAServerHasNoMoreComesFromThereToo() throws Exception {
    Path served = Files.createDirectory(folder.resolve("served"));
    Path kept = Images.raw(served.resolve("a.raw"), 3, MIB);
    Digest digest =
        new Digest(
            "sha256",
            HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(kept))));
    try (ImageServer server = ImageServer.of(served)) {
      String url = server.url("a.raw");
      try (Host there = Host.open(folder.resolve("t"), "raw");
          OutputStream target = Files.newOutputStream(folder.resolve("exported"))) {
        BaseRecord base = there.pool().pull(ImageRequest.of(url).withDigest(digest), call());
        there.pool().export(base, target, call());
      }
      Path moved = Files.move(kept, folder.resolve("kept"));
      FallbackHost host = host(OTHER.name(), "cat '" + folder.resolve("exported") + "'");
      DiskName one = new DiskName("one");

      ProvisionResult made =
          host().provision(ProvisionRequest.fromImage(one, url).digest(digest).fallbackHost(host));
      ProvisionResult again =
          host()
              .provision(
                  ProvisionRequest.fromImage(new DiskName("two"), url)
                      .fallbackHost(host("dead", "exit 255")));

      assertReadsAs(made.disk(), moved);
      assertReadsAs(again.disk(), moved);
      assertThat(host().pool().bases(call())).hasSize(1);
    }
  }

  @Test
  void whatAHostSaysIsNoMatterForATerminalAndNoError() throws IOException {
    FallbackHost rude = host("rude", "printf 'a\\033[31mb\\007' >&2; exit 255");
    DiskException failure = refused(request("one", "a.raw").fallbackHost(rude));
    assertThat(failure).hasMessageContaining("a?[31mb?");

    for (Map<String, String> wrong :
        List.of(
            Map.of("length", "9223372036854775807", "virtual-size", "9223372036854775807"),
            Map.of("virtual-size", "512"),
            Map.of("verified", "a\u0007"))) {
      Map<String, String> record = new TreeMap<>(wrong);
      record.put("format", "raw");
      record.put("image-format", "raw");
      exported("a.raw", image("content"), record);
      DiskException refused = refused(request("one", "a.raw"));
      assertThat(refused.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
      assertThat(refused).hasMessageNotContaining("\u0007");
      Files.delete(folder.resolve("content"));
    }
  }

  @Test
  void whatIsStillHeldOpenWhenTheCommandHasEndedIsNotWaitedForLong() throws IOException {
    Path unused = gone("a.raw");
    Path exported = folder.resolve("exported");
    FallbackHost held = host("held", "sleep 400 & head -c 60 '" + exported + "'");

    DiskException failure = refused(request("one", "a.raw").fallbackHost(held));

    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure.getMessage()) // the JDK may say by itself that nothing more comes
        .containsAnyOf("did nothing for 1 s", "breaks off")
        .doesNotContain("deadline");
  }

  @Test
  void whoWaitsForAnotherHostCanCancel() throws Exception {
    FallbackHost silent =
        host("silent", "touch '%s'; exec sleep 1000".formatted(folder.resolve("asked")));
    Cancellation cancellation = new Cancellation();
    Call call = Call.of(Deadline.after(Duration.ofMinutes(1)), cancellation, Progress.NONE);
    ProvisionRequest request = request("one", "a.raw").fallbackHost(silent).build();
    CompletableFuture<DiskException> failure =
        CompletableFuture.supplyAsync(
            () -> failure(() -> host().diskwright().provision(request, call)));
    while (!Files.exists(folder.resolve("asked"))) {
      Thread.onSpinWait();
    }

    cancellation.cancel();

    assertThat(failure.get(60, TimeUnit.SECONDS).reason()).isEqualTo(Reason.CANCELLED);
  }

  @Test
  void aListOfDigestsIsRefusedWhereThereIsAFallbackHost() throws IOException {
    DiskException failure = refused(request("one", "a.raw").digestFile("SHA256SUMS"));

    assertThat(failure.reason()).isEqualTo(Reason.INVALID_REQUEST);
  }
}
