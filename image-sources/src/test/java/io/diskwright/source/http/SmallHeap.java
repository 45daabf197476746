package io.diskwright.source.http;

import io.diskwright.spi.config.Settings;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import io.diskwright.spi.image.ImageStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.zip.CRC32C;

/** Reads an image in a process of its own, whose heap is small, and prints its CRC. */
final class SmallHeap {
  private SmallHeap() {}

  public static void main(String... arguments) throws Exception {
    CRC32C crc = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocateDirect(HttpTestBase.MIB);
    long length = 0;
    HttpSettings settings = HttpSettings.of(Settings.builder().build());
    try (ImageSource source =
        HttpSource.open(
            settings, Lookup.SYSTEM, Map.of(), new Tuning(Long.MAX_VALUE, Duration.ZERO))) {
      Image image = source.resolve(ImageRequest.of(arguments[0]), HttpTestBase.CALL);
      try (ImageData data = source.open(image, HttpTestBase.CALL);
          ImageStream stream = data.stream()) {
        while (stream.read(buffer) >= 0) {
          length += buffer.position();
          crc.update(buffer.flip());
          buffer.clear();
        }
      }
    }
    System.out.printf("%d bytes, CRC %x%n", length, crc.getValue());
  }
}
