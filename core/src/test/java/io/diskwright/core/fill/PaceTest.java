package io.diskwright.core.fill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.core.source.FileSourceProvider;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.call.Deadline;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writing takes the time that its rate asks for, and no more; on a clock that jumps. */
class PaceTest {
  private static final int KIB = 1024;
  private static final long RATE = 1000L * KIB;

  @TempDir Path folder;
  private final FakeClock clock = new FakeClock();

  /** Time that passes only when somebody lets it. */
  private static final class FakeClock implements Pace.Clock {
    private long now = -5_000_000_000L; // the system's may be negative, and pass zero
    private long longestPause;

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void pause(long nanos) {
      longestPause = Math.max(longestPause, nanos);
      now += nanos;
    }

    Duration since(long start) {
      return Duration.ofNanos(now - start);
    }
  }

  private Pace pace() {
    return new Pace(Optional.of(RATE), clock);
  }

  private static Call call() {
    return Call.within(Duration.ofMinutes(1));
  }

  @Test
  void eachWriteWaitsForTheOnesBefore() throws DiskException {
    Pace pace = pace();
    long start = clock.now;

    pace.await(500 * KIB, call());
    assertThat(clock.since(start)).isZero();
    pace.await(250 * KIB, call());
    assertThat(clock.since(start)).isEqualTo(Duration.ofMillis(500));
    pace.await(1, call());
    assertThat(clock.since(start)).isEqualTo(Duration.ofMillis(750));
    assertThat(clock.longestPause).isLessThanOrEqualTo(Duration.ofMillis(50).toNanos());
  }

  @Test
  void theTimeThatWritingTakesIsNotWaitedForAgain() throws DiskException {
    Pace pace = pace();
    long start = clock.now;

    pace.await(500 * KIB, call());
    clock.now += Duration.ofMillis(450).toNanos();
    pace.await(500 * KIB, call());

    assertThat(clock.since(start)).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void ofTimeInWhichNothingWasWrittenATenthOfASecondIsMadeUp() throws DiskException {
    Pace pace = pace();
    clock.now += Duration.ofMinutes(5).toNanos();
    long start = clock.now;

    for (int i = 0; i <= 10; i++) {
      pace.await(100 * KIB, call());
    }

    assertThat(clock.since(start)).isEqualTo(Duration.ofMillis(900));
  }

  @Test
  void withoutARateNothingWaits() throws DiskException {
    Pace free = new Pace(Optional.empty(), clock);
    long start = clock.now;

    for (int i = 0; i < 100; i++) {
      free.await(Integer.MAX_VALUE, call());
    }

    assertThat(clock.since(start)).isZero();
  }

  @Test
  void whoCancelsEndsTheWait() throws DiskException {
    Cancellation cancellation = new Cancellation();
    Pace pace = pace();
    Call call = Call.of(call().deadline(), cancellation, Progress.NONE);
    pace.await(RATE, call);
    cancellation.cancel();

    assertThat(failure(pace, call)).isEqualTo(Reason.CANCELLED);
  }

  @Test
  void aDeadlineEndsTheWait() throws DiskException {
    Pace pace = pace();
    Call call = Call.of(Deadline.after(Duration.ZERO), new Cancellation(), Progress.NONE);
    pace.await(RATE, call);

    assertThat(failure(pace, call)).isEqualTo(Reason.UNAVAILABLE);
  }

  private static Reason failure(Pace pace, Call call) {
    return catchThrowableOfType(DiskException.class, () -> pace.await(1, call)).reason();
  }

  @ParameterizedTest
  @ValueSource(longs = {4 * KIB, 1000 * KIB, 1 << 30})
  void aCopyTakesTheTimeOfWhatItWritesAndWritesEverything(long rate) throws IOException {
    byte[] bytes = new byte[3000 * KIB];
    new Random(rate).nextBytes(bytes);
    for (int at = 1000 * KIB; at < 2000 * KIB; at++) {
      bytes[at] = 0;
    }
    Path image = Files.write(folder.resolve("image.raw"), bytes);
    ImageSource source = new FileSourceProvider().open(Settings.builder().build());
    ImageRequest request = ImageRequest.of(image.toString()).withFormat(DiskFormat.RAW);
    MemorySink sink = MemorySink.ofZeros(bytes.length);
    long start = clock.now;

    long written;
    try (ImageData data = source.open(source.resolve(request, call()), call())) {
      Pace pace = new Pace(Optional.of(rate), clock);
      written = new ContentCopy(data.content().orElseThrow(), sink, pace, null, call()).run();
    }

    assertThat(sink.bytes()).isEqualTo(bytes);
    assertThat(written).isEqualTo(sink.written()).isBetween(2000L * KIB, 2100L * KIB);
    double seconds = clock.since(start).toNanos() / 1e9;
    assertThat(seconds * rate).isBetween(written - 256.0 * KIB - 1, (double) written);
  }
}
