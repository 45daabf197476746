package io.diskwright.core.fill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.luben.zstd.Zstd;
import io.diskwright.core.source.FileSourceProvider;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.call.Deadline;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackingTest {
  private static final int MIB = 1024 * 1024;

  @TempDir Path folder;

  @Test
  void whoCancelsWaitsForNoMoreThanOneMebibyte() throws IOException {
    byte[] packed = Zstd.compress(new byte[64 * MIB]); // is read in one go
    Path file = Files.write(folder.resolve("image.zst"), packed);
    Cancellation cancellation = new Cancellation();
    Call call = Call.of(Deadline.after(Duration.ofMinutes(1)), cancellation, Progress.NONE);
    AtomicLong taken = new AtomicLong();

    try (ImageSource source = new FileSourceProvider().open(Settings.builder().build())) {
      Image image = source.resolve(ImageRequest.of(file.toString()), call);
      try (ImageData data = source.open(image, call)) {
        StreamInput stream = new StreamInput(data.stream(), null, call);
        Unpacking unpacking = new Unpacking(image, Packing.ZSTD, stream, data.size(), call);
        DiskException failure =
            catchThrowableOfType(
                DiskException.class,
                () ->
                    unpacking.run(
                        Long.MAX_VALUE,
                        (offset, bytes) -> {
                          taken.addAndGet(bytes.remaining());
                          cancellation.cancel();
                        }));

        assertThat(failure.reason()).isEqualTo(Reason.CANCELLED);
        assertThat(taken).hasValue(MIB);
      }
    }
  }
}
