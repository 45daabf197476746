package io.diskwright.backend.lvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.call.Deadline;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import io.diskwright.toolkit.os.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Copies to a file in a device's place, which the build's own file system has to take directly. */
class LinearFillTest {
  private static final int MIB = 1 << 20;

  private Path file = Path.of("");

  @BeforeEach
  void makeFile() throws IOException {
    file = Files.createTempFile(Path.of("target"), "linear-fill", ".device");
  }

  @AfterEach
  void removeFile() throws IOException {
    Files.delete(file);
  }

  /** Bytes of which ranges are known to be zero, wherever these begin and end. */
  private static final class Patchwork implements Content {
    private final byte[] bytes;
    private final int[] ends;

    Patchwork(byte[] bytes, int... ends) {
      this.bytes = bytes;
      this.ends = ends;
    }

    /** Makes parts that end there: data, zeros, data …. */
    static Patchwork of(long seed, int... ends) {
      byte[] bytes = new byte[ends[ends.length - 1]];
      new Random(seed).nextBytes(bytes);
      for (int i = 1; i < ends.length; i += 2) {
        Arrays.fill(bytes, ends[i - 1], ends[i], (byte) 0);
      }
      return new Patchwork(bytes, ends);
    }

    @Override
    public long size() {
      return ends[ends.length - 1];
    }

    @Override
    public Extent extentAt(long offset) {
      int i = 0;
      while (ends[i] <= offset) {
        i++;
      }
      return new Extent(offset, ends[i] - offset, i % 2 == 0 ? Extent.Kind.DATA : Extent.Kind.ZERO);
    }

    @Override
    public int read(long offset, ByteBuffer target) {
      int length = (int) Math.max(0, Math.min(target.remaining(), bytes.length - offset));
      target.put(bytes, (int) offset, length);
      return length;
    }

    @Override
    public Optional<Path> path() {
      return Optional.empty();
    }

    @Override
    public void close() {}
  }

  private long fill(Content content, int size) throws IOException {
    return fill(content, size, Call.within(Duration.ofMinutes(1)));
  }

  private long fill(Content content, int size, Call call) throws IOException {
    byte[] left = new byte[size];
    Arrays.fill(left, (byte) 0xdb);
    Files.write(file, left);
    try (BlockDevice device = BlockDevice.openWrite(file)) {
      return LinearFill.fill(content, device, size, call);
    }
  }

  private void assertFilled(Patchwork content, int size) throws IOException {
    assertThat(Files.readAllBytes(file)).isEqualTo(Arrays.copyOf(content.bytes, size));
  }

  @Test
  void dataIsCopiedAndAllElseIsZeroed() throws IOException {
    Patchwork content = Patchwork.of(1, 3 * MIB, 5 * MIB, 6 * MIB);

    assertThat(fill(content, 9 * MIB)).isEqualTo(4 * MIB);

    assertFilled(content, 9 * MIB);
  }

  @Test
  void blocksThatArePartlyDataAreCopied() throws IOException {
    Patchwork content = Patchwork.of(2, 100, 300, 5000, 20_000, 20_001, 24_576, 30_000, 70_000);

    long unused = fill(content, MIB);

    assertFilled(content, MIB);
  }

  @Test
  void theEndOfTheBaseMayBeAnywhere() throws IOException {
    for (int end : new int[] {1, 4095, 4096, 4097, MIB - 1, MIB + 511}) {
      Patchwork data = Patchwork.of(3, end);
      assertThat(fill(data, 2 * MIB)).isEqualTo(end);
      assertFilled(data, 2 * MIB);

      Patchwork zeros = Patchwork.of(4, 0, end);
      assertThat(fill(zeros, 2 * MIB)).isZero();
      assertFilled(zeros, 2 * MIB);
    }
  }

  @Test
  void anyPatchworkReadsTheSame() throws IOException {
    Random random = new Random(5);
    for (int round = 0; round < 20; round++) {
      int[] ends = random.ints(1 + random.nextInt(12), 0, 3 * MIB).sorted().toArray();
      ends[ends.length - 1] = Math.max(1, ends[ends.length - 1]);
      Patchwork content = Patchwork.of(round, ends);

      long unused = fill(content, 3 * MIB);

      assertFilled(content, 3 * MIB);
    }
  }

  @Test
  void aBaseThatEndsEarlyIsDamaged() {
    Patchwork content = Patchwork.of(6, 2 * MIB);
    Patchwork shorter = new Patchwork(Arrays.copyOf(content.bytes, MIB), content.ends);

    assertThatThrownBy(() -> fill(shorter, 3 * MIB)).hasMessageContaining("the base ends before");
  }

  /** Bytes at which something happens when they are read from some offset on. */
  private record Event(Content content, long from, Runnable event) implements Content {
    @Override
    public long size() {
      return content.size();
    }

    @Override
    public Extent extentAt(long offset) throws DiskException {
      return content.extentAt(offset);
    }

    @Override
    public int read(long offset, ByteBuffer target) throws DiskException {
      if (offset >= from) {
        event.run();
      }
      return content.read(offset, target);
    }

    @Override
    public Optional<Path> path() {
      return Optional.empty();
    }

    @Override
    public void close() {}
  }

  private void assertEndsSoon(int size) throws IOException {
    byte[] written = Files.readAllBytes(file);
    byte[] left = new byte[MIB];
    Arrays.fill(left, (byte) 0xdb);
    assertThat(Arrays.copyOfRange(written, size - MIB, size)).isEqualTo(left);
  }

  @Test
  void aCallThatIsOverEndsIt() throws IOException {
    Cancellation cancellation = new Cancellation();
    Content content = new Event(Patchwork.of(7, 256 * MIB), 8 * MIB, cancellation::cancel);
    Call call = Call.of(Deadline.after(Duration.ofMinutes(1)), cancellation, Progress.NONE);

    assertThatThrownBy(() -> fill(content, 256 * MIB, call))
        .isInstanceOf(DiskException.class)
        .hasMessageContaining("copy base");

    assertEndsSoon(256 * MIB);
  }

  @Test
  void whatOneWriterFailsAtEndsTheOthers() throws IOException {
    AtomicBoolean failed = new AtomicBoolean();
    Content content =
        new Event(
            Patchwork.of(8, 256 * MIB),
            8 * MIB,
            () -> {
              if (!failed.getAndSet(true)) {
                throw new IllegalStateException("the one");
              }
            });

    assertThatThrownBy(() -> fill(content, 256 * MIB)).hasMessage("the one");

    assertEndsSoon(256 * MIB);
  }
}
