package io.diskwright.toolkit.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.call.Deadline;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.os.NativeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies have the same bytes, and holes where the original has holes. */
class SparseCopyTest {
  private static final Path OTHER_FILE_SYSTEM = Path.of("/dev/shm");

  @TempDir Path folder;

  private static Call call() {
    return Call.within(Duration.ofMinutes(1));
  }

  /** Makes a file of an odd size with data and holes. */
  private Path sparse(long seed, int size) throws IOException {
    Path path = folder.resolve("source");
    Random random = new Random(seed);
    try (NativeFile file = NativeFile.createNew(path, 0600)) {
      file.truncate(size);
      for (int at = 0; at < size; at += 65536 * (1 + random.nextInt(40))) {
        byte[] bytes = new byte[Math.min(size - at, 1 + random.nextInt(300_000))];
        random.nextBytes(bytes);
        file.write(at, ByteBuffer.wrap(bytes));
      }
    }
    return path;
  }

  private static long dataBytes(NativeFile file) throws IOException {
    long size = file.stat().size();
    long bytes = 0;
    long at = 0;
    while (at < size && file.nextData(at).isPresent()) {
      long start = file.nextData(at).getAsLong();
      at = file.nextHole(start).orElse(size);
      bytes += at - start;
    }
    return bytes;
  }

  private static void assertCopied(Path from, Path to) throws IOException {
    try (NativeFile source = NativeFile.openRead(from);
        NativeFile target = NativeFile.createNew(to, 0600)) {
      long copied = SparseCopy.copyData(source, target, call());

      assertThat(Files.mismatch(from, to)).isEqualTo(-1);
      assertThat(copied).isEqualTo(dataBytes(source));
      assertThat(dataBytes(target)).isLessThanOrEqualTo(dataBytes(source));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void bytesAndHolesAreKept(long seed) throws IOException {
    Path source = sparse(seed, 20_000_000 + (int) seed * 77_777);

    assertCopied(source, folder.resolve("copy"));
  }

  @Test
  void bytesAndHolesAreKeptOnAnotherFileSystem() throws IOException {
    Path source = sparse(6, 12_345_678);
    Path target = Files.createTempDirectory(OTHER_FILE_SYSTEM, "diskwright");
    try {
      assertCopied(source, target.resolve("copy"));
    } finally {
      Files.deleteIfExists(target.resolve("copy"));
      Files.delete(target);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 4096, 1L << 33})
  void aFileThatIsAllHoleCopiesNothing(long size) throws IOException {
    Path source = folder.resolve("source");
    try (NativeFile from = NativeFile.createNew(source, 0600);
        NativeFile to = NativeFile.createNew(folder.resolve("copy"), 0600)) {
      from.truncate(size);

      assertThat(SparseCopy.copyData(from, to, call())).isZero();

      assertThat(to.stat().size()).isEqualTo(size);
      assertThat(dataBytes(to)).isZero();
    }
  }

  @Test
  void sharedOrCopiedTheBytesAreTheSame() throws IOException {
    Path source = sparse(7, 1_234_567);
    Path copy = folder.resolve("copy");
    try (NativeFile from = NativeFile.openRead(source);
        NativeFile to = NativeFile.createNew(copy, 0600)) {
      boolean shares = to.canReflink();

      assertThat(SparseCopy.copy(from, to, call()) == 0).isEqualTo(shares);
    }
    assertThat(Files.mismatch(source, copy)).isEqualTo(-1);
  }

  @Test
  void progressEndsWithEverything() throws IOException {
    Path source = sparse(8, 3_000_000);
    long[] last = {0, 0};
    Call call =
        Call.of(
            Deadline.after(Duration.ofMinutes(1)),
            new Cancellation(),
            (step, done, total) -> {
              assertThat(step).isEqualTo("copying");
              assertThat(done).isBetween(last[0], total);
              last[0] = done;
              last[1] = total;
            });
    try (NativeFile from = NativeFile.openRead(source);
        NativeFile to = NativeFile.createNew(folder.resolve("copy"), 0600)) {
      SparseCopy.copyData(from, to, call);
    }

    assertThat(last).containsExactly(3_000_000, 3_000_000);
  }

  @Test
  void aCancelledCopyEnds() throws IOException {
    Cancellation cancellation = new Cancellation();
    Call call =
        Call.of(
            Deadline.after(Duration.ofMinutes(1)),
            cancellation,
            (step, done, total) -> cancellation.cancel());

    assertThat(failure(call).reason()).isEqualTo(Reason.CANCELLED);
  }

  @Test
  void aCopyPastItsDeadlineEnds() throws IOException {
    Call call = Call.of(Deadline.after(Duration.ZERO), new Cancellation(), Progress.NONE);

    assertThat(failure(call).reason()).isEqualTo(Reason.UNAVAILABLE);
  }

  private DiskException failure(Call call) throws IOException {
    Path source = sparse(9, 30_000_000);
    try (NativeFile from = NativeFile.openRead(source);
        NativeFile to = NativeFile.createNew(folder.resolve("copy"), 0600)) {
      return catchThrowableOfType(DiskException.class, () -> SparseCopy.copyData(from, to, call));
    }
  }
}
