package io.diskwright.toolkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.call.Deadline;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.ByteArrayOutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Child processes are bounded, tell why they failed, and never outlive us (promise P7). */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChildProcessTest {
  private static final Path SHELL = Path.of("/bin/sh");

  @TempDir Path folder;

  private static ChildProcess shell(String script) {
    return ChildProcess.of("do a test", SHELL, List.of("-c", script));
  }

  private static Call call() {
    return Call.within(Duration.ofMinutes(1));
  }

  private static DiskException failure(ChildProcess child, Call call) {
    return catchThrowableOfType(DiskException.class, () -> child.run(call));
  }

  /** A script that tells its process id, which it keeps, and then does nothing for very long. */
  private String sleeper() {
    return "echo $$ > '%1$s.new'; mv '%1$s.new' '%1$s'; exec sleep 1000".formatted(pidFile());
  }

  private Path pidFile() {
    return folder.resolve("pid");
  }

  private long pid() throws Exception {
    Until.holds("the child starts", () -> Files.exists(pidFile()));
    return Long.parseLong(Files.readString(pidFile()).strip());
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  private void assertChildIsGone() throws Exception {
    long pid = pid();
    Until.holds("the child ends", () -> !isAlive(pid));
  }

  /** Cancels a child when it has told its process id; returns what that makes of the call. */
  private DiskException cancelledWhenItRuns(ChildProcess child) throws Exception {
    Cancellation cancellation = new Cancellation();
    Call call = Call.of(Deadline.after(Duration.ofMinutes(1)), cancellation, Progress.NONE);
    CompletableFuture<DiskException> failure =
        CompletableFuture.supplyAsync(() -> failure(child, call));
    long unused = pid();
    cancellation.cancel();
    return failure.get(60, TimeUnit.SECONDS);
  }

  @Test
  void whatItPrintsIsReturnedAndHeard() throws Exception {
    StringWriter heard = new StringWriter();

    String printed = shell("echo one; echo two").onOutput(heard::write).run(call());

    assertThat(printed).isEqualTo("one\ntwo\n");
    assertThat(heard).hasToString("one\ntwo\n");
  }

  @Test
  void complaintsAreNoOutput() throws Exception {
    assertThat(shell("echo result; echo careful >&2").run(call())).isEqualTo("result\n");
  }

  @Test
  void aFailureTellsTheStatusAndTheComplaint() {
    DiskException failure = failure(shell("echo good; echo no luck >&2; exit 3"), call());

    assertThat(failure.reason()).isEqualTo(Reason.IO_ERROR);
    assertThat(failure.nativeCode()).hasValue(3);
    assertThat(failure)
        .hasMessageContaining("cannot do a test")
        .hasMessageContaining("sh failed: no luck");
    assertThat(failure.remedy()).isPresent();
  }

  @Test
  void aFailureWithoutAComplaintTellsWhatWasPrinted() {
    assertThat(failure(shell("echo half the way; exit 1"), call()))
        .hasMessageContaining("half the way");
  }

  @Test
  void aSilentFailureSaysSo() {
    assertThat(failure(shell("exit 1"), call())).hasMessageContaining("it said nothing");
  }

  @ParameterizedTest
  @CsvSource({
    "No space left on device, NO_SPACE",
    "Disk quota exceeded, NO_SPACE",
    "Failed to get \"write\" lock, IN_USE",
    "Input/output error, IO_ERROR"
  })
  void theComplaintDecidesTheReason(String complaint, Reason reason) {
    DiskException failure = failure(shell("echo '" + complaint + "' >&2; exit 1"), call());

    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure.remedy()).isPresent();
  }

  @Test
  void aKilledChildIsToldByItsSignal() {
    DiskException failure = failure(shell("kill -KILL $$"), call());

    assertThat(failure.reason()).isEqualTo(Reason.IO_ERROR);
    assertThat(failure).hasMessageContaining("signal 9");
  }

  @Test
  void aHighExitStatusIsNoSignal() {
    DiskException failure = failure(shell("exit 255"), call());

    assertThat(failure.nativeCode()).hasValue(255);
    assertThat(failure).hasMessageNotContaining("signal");
  }

  @Test
  void aMissingProgramIsUnavailable() {
    Path missing = folder.resolve("no such program");

    DiskException failure = failure(ChildProcess.of("do a test", missing, List.of()), call());

    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure).hasMessageContaining(missing.toString());
    assertThat(failure.remedy()).isPresent();
  }

  @Test
  void aProgramThatMayNotRunIsUnavailable() throws Exception {
    Path plain = Files.writeString(folder.resolve("plain"), "no program");

    DiskException failure = failure(ChildProcess.of("do a test", plain, List.of()), call());

    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
  }

  @Test
  void pastItsDeadlineItIsEnded() throws Exception {
    DiskException failure = failure(shell(sleeper()), Call.within(Duration.ofSeconds(1)));

    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("deadline");
    assertChildIsGone();
  }

  @Test
  void aChildThatDoesNothingIsEnded() throws Exception {
    ChildProcess child = shell(sleeper()).stallTimeout(Duration.ofSeconds(1));

    DiskException failure = failure(child, call());

    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("did nothing for 1 s");
    assertChildIsGone();
  }

  @Test
  void aChildThatPrintsNowAndThenIsNotStalled() throws Exception {
    String steady = "i=0; while [ $i -lt 25 ]; do echo $i; sleep 0.1; i=$((i + 1)); done";

    String printed = shell(steady).stallTimeout(Duration.ofSeconds(2)).run(call());

    assertThat(printed).endsWith("24\n");
  }

  @Test
  void whatItsOwnChildrenDoIsNoStall() throws Exception {
    String steady = "(i=0; while [ $i -lt 30 ]; do read -r x < /proc/self/stat; sleep 0.1;";

    String printed =
        shell(steady + " i=$((i + 1)); done) & wait; echo done")
            .stallTimeout(Duration.ofSeconds(1))
            .run(call());

    assertThat(printed).isEqualTo("done\n");
  }

  @Test
  void whoIsAskedNothingMayDoNothing() throws Exception {
    AtomicInteger looks = new AtomicInteger();

    String printed =
        shell("sleep 2; echo done")
            .stallTimeout(Duration.ofSeconds(1))
            .idleWhen(() -> looks.incrementAndGet() > 0)
            .run(call());

    assertThat(printed).isEqualTo("done\n");
    assertThat(looks).hasPositiveValue();
  }

  @Test
  void whoCancelsEndsIt() throws Exception {
    DiskException failure = cancelledWhenItRuns(shell(sleeper()));

    assertThat(failure.reason()).isEqualTo(Reason.CANCELLED);
    assertThat(isAlive(pid())).isFalse();
  }

  @Test
  void aCancelledCallStartsNothing() {
    Cancellation cancellation = new Cancellation();
    cancellation.cancel();
    Call call = Call.of(Deadline.after(Duration.ofMinutes(1)), cancellation, Progress.NONE);

    assertThat(failure(shell("echo > '" + pidFile() + "'"), call).reason())
        .isEqualTo(Reason.CANCELLED);
    assertThat(pidFile()).doesNotExist();
  }

  @Test
  void anInterruptEndsItAndIsKept() throws Exception {
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    CompletableFuture<DiskException> failure = new CompletableFuture<>();
    Thread waiting =
        new Thread(
            () -> {
              failure.complete(failure(shell(sleeper()), call()));
              interrupted.complete(Thread.currentThread().isInterrupted());
            });
    waiting.start();
    long pid = pid();

    waiting.interrupt();

    assertThat(failure.get(60, TimeUnit.SECONDS).reason()).isEqualTo(Reason.CANCELLED);
    assertThat(interrupted.get(60, TimeUnit.SECONDS)).isTrue();
    assertThat(isAlive(pid)).isFalse();
  }

  @Test
  void itsOwnChildrenAreEndedWithIt() throws Exception {
    String script = "sleep 1000 & echo $! > '%1$s.new'; mv '%1$s.new' '%1$s'; wait";

    DiskException failure =
        failure(shell(script.formatted(pidFile())), Call.within(Duration.ofSeconds(1)));

    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertChildIsGone();
  }

  @Test
  void ofEndlessOutputTheEndIsKept() throws Exception {
    long[] heard = {0};
    String much = "yes 0123456 | head -c 4000000; echo the end";

    String printed = shell(much).onOutput(text -> heard[0] += text.length()).run(call());

    assertThat(printed).hasSizeLessThanOrEqualTo(1024 * 1024).endsWith("the end\n");
    assertThat(heard[0]).isEqualTo(4_000_008);
  }

  @Test
  void itHasNoInput() throws Exception {
    assertThat(shell("cat; echo done").run(call())).isEqualTo("done\n");
  }

  @Test
  void itsEnvironmentHasNothingOfOurs() throws Exception {
    String environment =
        ChildProcess.of("do a test", Path.of("/usr/bin/env"), List.of()).run(call());

    assertThat(environment.lines().map(line -> line.substring(0, line.indexOf('='))))
        .containsExactlyInAnyOrder("PATH", "LC_ALL");
  }

  @Test
  void itEndsWhenWeAreKilled() throws Exception {
    try (ChildJvm jvm = ChildJvm.start(RunsAChild.class, folder.resolve("log"), sleeper())) {
      long pid = pid();
      assertThat(isAlive(pid)).isTrue();

      jvm.kill();

      Until.holds("the child ends", () -> !isAlive(pid));
    }
  }

  @Test
  void manyAtOnceKeepTheirOutputsApart() throws Exception {
    List<CompletableFuture<String>> runs =
        java.util.stream.IntStream.range(0, 16)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> quietly(shell("echo " + i))))
            .toList();

    for (int i = 0; i < runs.size(); i++) {
      assertThat(runs.get(i).get()).isEqualTo(i + "\n");
    }
  }

  private static String quietly(ChildProcess child) {
    try {
      return child.run(call());
    } catch (DiskException e) {
      throw new java.util.concurrent.CompletionException(new ExecutionException(e));
    }
  }

  @Test
  void oneThatMustNotBeKilledIsAskedToEndAndNobodyKnowsWhatItDid() throws Exception {
    Path tidied = folder.resolve("tidied");
    ChildProcess tidy =
        shell(
                "trap 'echo done > \"%s\"; exit 7' TERM; echo $$ > '%2$s.new'; mv '%2$s.new' '%2$s'; "
                        .formatted(tidied, pidFile())
                    + "while :; do sleep 0.1; done")
            .neverKilled();

    DiskException failure = cancelledWhenItRuns(tidy);

    assertThat(failure.reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
    assertThat(failure).hasMessageContaining("it was cancelled").hasMessageContaining("and did");
    assertThat(tidied).hasContent("done");
    assertChildIsGone();
  }

  @Test
  void oneThatMustNotBeKilledMayGoOn() throws Exception {
    ChildProcess deaf = shell("trap '' TERM; " + sleeper()).neverKilled();

    DiskException failure = cancelledWhenItRuns(deaf);
    long pid = pid();
    boolean alive = isAlive(pid);
    boolean killed = ProcessHandle.of(pid).orElseThrow().destroyForcibly();

    assertThat(failure.reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
    assertThat(failure).hasMessageContaining("goes on as process " + pid);
    assertThat(alive).isTrue();
    assertThat(killed).isTrue();
  }

  @Test
  void whatItPrintsGoesOnByteByByte() throws Exception {
    ByteArrayOutputStream taken = new ByteArrayOutputStream();
    String script = "printf '\\377\\000\\n'; head -c 300000 /dev/zero; printf end";

    String printed = shell(script).outputInto(taken).run(call());

    assertThat(printed).isEmpty();
    assertThat(taken.size()).isEqualTo(300006);
    assertThat(taken.toByteArray()).startsWith(0xff, 0, '\n').endsWith('e', 'n', 'd');
  }

  @Test
  void oneWhoseOutputIsNotWantedAnyMoreEnds() throws Exception {
    PipedInputStream taken = new PipedInputStream();
    ChildProcess child = shell("exec cat /dev/zero").outputInto(new PipedOutputStream(taken));
    CompletableFuture<DiskException> run =
        CompletableFuture.supplyAsync(() -> failure(child, call()));
    assertThat(taken.readNBytes(10)).hasSize(10);

    taken.close();

    DiskException failure = run.get(60, TimeUnit.SECONDS);
    assertThat(failure.nativeCode()).hasValue(128 + 13); // SIGPIPE
  }

  @Test
  void variablesAreKeptWhenTheyAreNamed() throws Exception {
    String script = "echo \"$HOME\"";

    assertThat(shell(script).run(call()).strip()).isEmpty();
    assertThat(shell(script).keepingVariables("HOME", "NOT_SET").run(call()).strip())
        .isEqualTo(System.getenv("HOME"))
        .isNotEmpty();
  }
}
