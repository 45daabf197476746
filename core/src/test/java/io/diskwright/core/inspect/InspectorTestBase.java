package io.diskwright.core.inspect;

import io.diskwright.core.source.FileSourceProvider;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

/** Inspects bytes as they are inspected in use: in a file, through the file source. */
abstract class InspectorTestBase {
  @TempDir Path folder;

  final Verdict inspect(byte[] bytes, DiskFormat... declared) throws IOException {
    return inspect(Long.MAX_VALUE, bytes, declared);
  }

  final Verdict inspect(long limit, byte[] bytes, DiskFormat... declared) throws IOException {
    return inspect(limit, Files.write(folder.resolve("image"), bytes), declared);
  }

  static Verdict inspect(long limit, Path file, DiskFormat... declared) throws IOException {
    Optional<DiskFormat> format =
        declared.length == 0 ? Optional.empty() : Optional.of(declared[0]);
    Call call = Call.within(Duration.ofMinutes(1));
    try (ImageSource source = new FileSourceProvider().open(Settings.builder().build());
        ImageData data = source.open(source.resolve(ImageRequest.of("file:" + file), call), call)) {
      return new ImageInspector().inspect(data.content().orElseThrow(), format, limit);
    }
  }
}
