package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.diskwright.core.event.PoolEvent;
import io.diskwright.core.event.PoolEvent.Kind;
import io.diskwright.core.event.PoolListener;
import io.diskwright.it.support.Host;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import jdk.jfr.DataAmount;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The JDK's Flight Recorder gets what a listener hears. */
@ParameterizedClass
@ValueSource(strings = {"raw", "qcow2"})
class FlightRecordingTest extends EventsTestBase {
  private static final Map<Kind, String> NAMES =
      Map.of(
          Kind.HIT, "io.diskwright.Hit",
          Kind.MISS, "io.diskwright.Miss",
          Kind.FILL_STARTED, "io.diskwright.FillStarted",
          Kind.FILL, "io.diskwright.Fill",
          Kind.WAIT, "io.diskwright.Wait",
          Kind.CREATE, "io.diskwright.Create",
          Kind.EVICT, "io.diskwright.Evict",
          Kind.SWEEP, "io.diskwright.Sweep");

  /** Something of each kind, and a failure. */
  private void happen(Host host) throws IOException {
    Path image = image("a.raw");
    BaseRecord base = pull(host, image);
    host.blank("swap", MIB);
    pull(host, image);
    waitForDisk(host, "disk");
    host.pool().evict(base.key(), call());
    leaveAnAttempt();
    host.pool().recover(call());
    assertThat(failure(() -> host.create("disk", folder.resolve("none"))).reason())
        .isEqualTo(Reason.NOT_FOUND);
  }

  private List<RecordedEvent> record(Host host, String... names) throws IOException {
    Path file = folder.resolve("recording.jfr");
    try (Recording recording = new Recording()) {
      for (String name : names) {
        recording.enable(name);
      }
      recording.start();
      happen(host);
      recording.stop();
      recording.dump(file);
    }
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getCategoryNames().equals(List.of("Diskwright")))
        .toList();
  }

  private static String[] allNames() {
    return NAMES.values().toArray(String[]::new);
  }

  private static Tuple told(PoolEvent event) {
    return tuple(
        NAMES.get(event.kind()),
        event.pool().value(),
        event.resource(),
        event.way(),
        event.bytes(),
        event.count(),
        event.failure().map(Reason::id).orElse(""),
        event.detail());
  }

  private static Tuple recorded(RecordedEvent event) {
    return tuple(
        event.getEventType().getName(),
        event.getString("pool"),
        event.getString("resource"),
        event.getString("way"),
        event.getLong("bytes"),
        event.getLong("count"),
        event.getString("failure"),
        event.getString("detail"));
  }

  @Test
  void aRecordingHoldsWhatTheListenerHears() throws IOException {
    List<RecordedEvent> events = record(host(), allNames());

    assertThat(heard).extracting(PoolEvent::kind).contains(Kind.values());
    assertThat(events.stream().map(FlightRecordingTest::recorded))
        .containsExactlyInAnyOrderElementsOf(
            heard.stream().map(FlightRecordingTest::told).toList());
  }

  @Test
  void aRecordingNeedsNoListener() throws IOException {
    try (Host quiet = Host.open(poolFolder(), backend, PoolListener.NONE)) {
      List<RecordedEvent> events = record(quiet, allNames());

      Map<String, Long> counts =
          events.stream()
              .map(event -> event.getEventType().getName())
              .collect(
                  Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
      assertThat(counts)
          .containsOnlyKeys(NAMES.values())
          .containsEntry("io.diskwright.Create", 2L)
          .containsEntry("io.diskwright.Fill", 1L);
    }
    assertThat(heard).isEmpty();
  }

  @Test
  void eventsHaveTheThreadTheDurationAndTheUnitOfTheirBytes() throws IOException {
    for (RecordedEvent event : record(host(), allNames())) {
      assertThat(event.getThread().getJavaName()).isEqualTo(Thread.currentThread().getName());
      assertThat(event.getEventType().getLabel()).isNotBlank();
      assertThat(event.getEventType().getDescription()).isNotBlank();
      assertThat(event.getEventType().getField("bytes").getAnnotation(DataAmount.class).value())
          .isEqualTo(DataAmount.BYTES);
      String name = event.getEventType().getName();
      boolean instantaneous =
          List.of("io.diskwright.Hit", "io.diskwright.Miss", "io.diskwright.FillStarted")
              .contains(name);
      assertThat(event.getDuration().equals(Duration.ZERO)).as(name).isEqualTo(instantaneous);
    }
  }

  @Test
  void onlyWhatIsEnabledIsRecorded() throws IOException {
    List<String> names = Arrays.stream(allNames()).filter(name -> !name.endsWith("Fill")).toList();
    Path file = folder.resolve("some.jfr");
    try (Recording recording = new Recording()) {
      names.forEach(recording::enable);
      recording.disable("io.diskwright.Fill");
      recording.start();
      happen(host());
      recording.dump(file);
    }

    assertThat(RecordingFile.readAllEvents(file))
        .extracting(event -> event.getEventType().getName())
        .contains("io.diskwright.Create")
        .doesNotContain("io.diskwright.Fill");
  }
}
