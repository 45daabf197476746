package io.diskwright.core.fill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.call.Deadline;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a copy does while it looks for what it has to copy. */
class ParallelCopyTest {
  private static final int SIZE = 8 * 1024 * 1024;
  private static final int STEP = 512;

  /** Content of one kind, whose extents are short. */
  private static class Steps implements Content {
    private final Extent.Kind kind;
    private int asked;
    private volatile int read;

    Steps(Extent.Kind kind) {
      this.kind = kind;
    }

    @Override
    public long size() {
      return SIZE;
    }

    @Override
    public Extent extentAt(long offset) throws DiskException {
      asked++;
      return new Extent(offset, STEP, kind);
    }

    @Override
    public synchronized int read(long offset, ByteBuffer target) {
      int length = target.remaining();
      read += length;
      target.put(new byte[length]);
      return length;
    }

    @Override
    public Optional<Path> path() {
      return Optional.empty();
    }

    @Override
    public void close() {}
  }

  private static Reason failure(Content content, Call call) {
    Pace pace = new Pace(Optional.empty(), Pace.Clock.SYSTEM);
    ParallelCopy copy =
        new ParallelCopy(
            content, MemorySink.ofZeros(SIZE), pace, null, ParallelCopy.Words.COPY, call);
    return catchThrowableOfType(DiskException.class, () -> copy.run(ParallelCopy.Abort.NOT_NEEDED))
        .reason();
  }

  @Test
  void whoCancelsIsHeardWhereThereIsNothingToCopy() {
    Cancellation cancellation = new Cancellation();
    Steps zeros =
        new Steps(Extent.Kind.ZERO) {
          @Override
          public Extent extentAt(long offset) throws DiskException {
            if (offset == 3 * STEP) {
              cancellation.cancel();
            }
            return super.extentAt(offset);
          }
        };
    Call call = Call.of(Deadline.after(Duration.ofMinutes(5)), cancellation, Progress.NONE);

    assertThat(failure(zeros, call)).isEqualTo(Reason.CANCELLED);
    assertThat(zeros.asked).isEqualTo(4);
  }

  /** A piece that is waited for was read: the content need not be known to its end before. */
  @Test
  void whatIsFoundIsCopiedWhileMoreIsLookedFor() {
    Cancellation cancellation = new Cancellation();
    Progress progress = (step, done, total) -> cancellation.cancel();
    Call call = Call.of(Deadline.after(Duration.ofMinutes(5)), cancellation, progress);
    Steps data = new Steps(Extent.Kind.DATA);

    assertThat(failure(data, call)).isEqualTo(Reason.CANCELLED);
    assertThat(data.read).isPositive();
    assertThat(data.asked).isLessThan(SIZE / STEP);
  }
}
