package io.diskwright.core.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.diskwright.core.event.PoolEvent.Kind;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.Name;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class EventsTest {
  private static final PoolName POOL = new PoolName("pool");

  private final List<PoolEvent> heard = new ArrayList<>();
  private final Events events = new Events(POOL, heard::add);

  private static void someTimePasses() {
    long now = System.nanoTime();
    while (System.nanoTime() == now) {
      Thread.onSpinWait();
    }
  }

  private PoolEvent only() {
    assertThat(heard).hasSize(1);
    return heard.get(0);
  }

  @ParameterizedTest
  @EnumSource
  void whatEndsWellIsToldOnceWithAllThatIsKnown(Kind kind) {
    Span span = events.begin(kind, "it");
    span.describe("copy", 5, "an image");
    span.count(3);
    someTimePasses();
    assertThat(heard).isEmpty();

    span.succeeded();

    assertThat(only().kind()).isEqualTo(kind);
    assertThat(only().pool()).isEqualTo(POOL);
    assertThat(only().resource()).isEqualTo("it");
    assertThat(only().way()).isEqualTo("copy");
    assertThat(only().bytes()).isEqualTo(5);
    assertThat(only().count()).isEqualTo(3);
    assertThat(only().detail()).isEqualTo("an image");
    assertThat(only().duration()).isPositive();
    assertThat(only().failure()).isEmpty();
    assertThat(only())
        .hasToString(
            "%s it on pool pool: ok, way=copy, bytes=5, count=3, took=%s, detail=an image"
                .formatted(kind.id(), only().duration()));
  }

  @Test
  void whatFailsIsToldWithItsReasonAndMessageAndNoBytes() {
    DiskException failure =
        DiskException.of(Reason.NO_SPACE, "fill base").said("the storage is full").build();
    Span span = events.begin(Kind.FILL, "key");
    span.describe("copy", 5, "an image");

    span.failed(failure);

    assertThat(only().failure()).hasValue(Reason.NO_SPACE);
    assertThat(only().detail()).isEqualTo(failure.getMessage());
    assertThat(only().bytes()).isZero();
    assertThat(only().toString()).contains("failed (no-space)");
  }

  @Test
  void aDefectIsToldAsInternal() {
    events.begin(Kind.CREATE, "disk").failed(new IllegalStateException("it is broken"));

    assertThat(only().failure()).hasValue(Reason.INTERNAL);
    assertThat(only().detail()).contains("IllegalStateException").contains("it is broken");
  }

  @Test
  void whatTakesNoTimeHasNoDuration() {
    events.tell(Kind.HIT, "key", 7, "an image");

    assertThat(only().duration()).isEqualTo(Duration.ZERO);
    assertThat(only().bytes()).isEqualTo(7);
    assertThat(only().way()).isEmpty();
    assertThat(only().detail()).isEqualTo("an image");
  }

  @Test
  void whatNeverEndsIsNotTold() {
    assertThat(events.begin(Kind.WAIT, "key").isHeard()).isTrue();

    assertThat(heard).isEmpty();
  }

  static Stream<PoolListener> whatAListenerThrows() {
    return Stream.of(
        event -> {
          throw new IllegalStateException("thrown by a listener, on purpose");
        },
        event -> {
          throw new AssertionError("thrown by a listener, on purpose");
        },
        event -> {
          throw new NoClassDefFoundError("thrown by a listener, on purpose");
        });
  }

  @ParameterizedTest
  @MethodSource("whatAListenerThrows")
  void whatAListenerThrowsGoesNoFurther(PoolListener listener) {
    Events broken = new Events(POOL, listener);

    broken.tell(Kind.HIT, "key", 0, "");
    broken.begin(Kind.CREATE, "disk").succeeded();
    broken.begin(Kind.CREATE, "disk").failed(new IOException());
  }

  @Test
  void nobodyWhoListensCostsNothing() {
    Events unheard = new Events(POOL, PoolListener.NONE);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    int times = 10_000;
    tellSome(unheard, 1); // what is loaded the first time
    long before = threads.getThreadAllocatedBytes(thread);

    tellSome(unheard, times);

    assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(times);
    assertThat(unheard.begin(Kind.FILL, "key").isHeard()).isFalse();
  }

  private static void tellSome(Events events, int times) {
    for (int i = 0; i < times; i++) {
      events.tell(Kind.HIT, "key", 5, events);
      Span span = events.begin(Kind.CREATE, "disk");
      span.describe("overlay", 5, events);
      span.count(1);
      span.succeeded();
    }
  }

  /** Returns what a main class prints in a JVM of its own, which must end well. */
  private static List<String> run(String option, Class<?> main, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(option, "-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader output = process.inputReader(UTF_8)) {
      List<String> lines = output.lines().toList();
      assertThat(process.waitFor()).isZero();
      return lines;
    }
  }

  @Test
  void theDocumentationNamesEachKindAndWhatTheFlightRecorderCallsIt() throws IOException {
    String page = Files.readString(Path.of("../docs/events.md"));
    List<String> names =
        Arrays.stream(JfrEvents.class.getDeclaredClasses())
            .map(type -> type.getAnnotation(Name.class).value())
            .toList();

    assertThat(names).hasSameSizeAs(Kind.values());
    assertThat(page).contains(names);
    assertThat(Kind.values()).allSatisfy(kind -> assertThat(page).contains("| `" + kind + "` |"));
  }

  @Test
  @Timeout(60)
  void aRuntimeWithoutTheFlightRecorderDoes() throws Exception {
    List<String> expected = new ArrayList<>(List.of("false"));
    Arrays.stream(Kind.values()).map(Kind::id).forEach(expected::add);
    expected.add("done");

    assertThat(run("--limit-modules=java.base", WithoutFlightRecorder.class)).isEqualTo(expected);
  }

  @Test
  @Timeout(60)
  void aRecordingFromTheStartHoldsEachKind(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("recording.jfr");

    assertThat(run("-XX:StartFlightRecording", RecordsFromTheStart.class, file.toString()))
        .endsWith("done");

    assertThat(RecordingFile.readAllEvents(file).stream().map(event -> event.getEventType()))
        .filteredOn(type -> type.getCategoryNames().equals(List.of("Diskwright")))
        .hasSameSizeAs(Kind.values())
        .doesNotHaveDuplicates();
  }
}
