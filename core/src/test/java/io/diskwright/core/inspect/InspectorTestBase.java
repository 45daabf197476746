package io.diskwright.core.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.source.FileSourceProvider;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;

/**
 * Inspects bytes as they are inspected in use: in a file, through the file source; and as they come
 * by, in pieces of any size, which must find the same.
 */
abstract class InspectorTestBase {
  private static final Call CALL = Call.within(Duration.ofMinutes(1));
  private static final int[] PIECES = {1, 511, 4096, 65536, 65537, 1 << 20};

  @TempDir Path folder;

  final Verdict inspect(byte[] bytes, DiskFormat... declared) throws IOException {
    return inspect(Long.MAX_VALUE, bytes, declared);
  }

  final Verdict inspect(long limit, byte[] bytes, DiskFormat... declared) throws IOException {
    return inspect(limit, Files.write(folder.resolve("image"), bytes), declared);
  }

  final Verdict inspect(InspectionRules rules, byte[] bytes) throws IOException {
    return inspect(rules, Files.write(folder.resolve("image"), bytes));
  }

  static Verdict inspect(long limit, Path file, DiskFormat... declared) throws IOException {
    return inspect(InspectionRules.all(limit), file, declared);
  }

  private static Verdict inspect(InspectionRules rules, Path file, DiskFormat... declared)
      throws IOException {
    Optional<DiskFormat> format =
        declared.length == 0 ? Optional.empty() : Optional.of(declared[0]);
    try (ImageSource source = new FileSourceProvider().open(Settings.builder().build());
        ImageData data = source.open(source.resolve(ImageRequest.of("file:" + file), CALL), CALL)) {
      Content content = data.content().orElseThrow();
      Verdict verdict = new ImageInspector().inspect(content, format, rules, CALL);
      assertSameInPieces(content, format, rules, verdict);
      return new ImageInspector().inspectWithTables(content, format, rules, CALL);
    }
  }

  private static void assertSameInPieces(
      Content content, Optional<DiskFormat> format, InspectionRules rules, Verdict verdict)
      throws DiskException {
    if (content.size() > 8 << 20) {
      return; // large ones are sparse, and told at their offsets only
    }
    byte[] bytes = new byte[(int) content.size()];
    assertThat(content.read(0, ByteBuffer.wrap(bytes))).isEqualTo(bytes.length);
    for (int most : PIECES) {
      if (most == 1 && bytes.length > 1 << 20) {
        continue; // takes too long
      }
      Random random = new Random(most);
      Inspection inspection = new Inspection(format, rules);
      for (int at = 0; at < bytes.length; ) {
        int length = Math.min(bytes.length - at, most == 1 ? 1 : 1 + random.nextInt(most));
        inspection.feed(ByteBuffer.wrap(bytes, at, length));
        at += length;
      }
      assertThat(inspection.end()).as("pieces of up to %d", most).isEqualTo(verdict);
    }
  }
}
