package io.diskwright.it.glance;

import static io.diskwright.it.support.Host.call;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.OpenStack;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import io.diskwright.spi.image.ImageStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A download goes on when Glance is restarted in its midst, and when its token is good no more. */
class GlanceOutageIT extends GlanceTestBase {
  private static final int SIZE = 96 * MIB; // more than what waits on its way to who reads it

  /** Something that happens to a download. */
  @FunctionalInterface
  private interface Event {
    void happen() throws Exception;
  }

  private void assertSurvives(Event event) throws Exception {
    Path file = raw(6, SIZE);
    String id = cloud.upload(name, "raw", file, "file");
    ImageSource source = source();
    Image image = source.resolve(ImageRequest.of("glance:" + id), call());
    ByteBuffer all = ByteBuffer.allocate(SIZE);

    try (ImageData data = source.open(image, call());
        ImageStream stream = data.stream()) {
      all.limit(MIB);
      read(stream, all);
      event.happen();
      all.limit(SIZE);
      read(stream, all);
      assertThat(stream.read(ByteBuffer.allocate(1))).isNegative();
    }

    assertThat(all.array()).isEqualTo(Files.readAllBytes(file));
  }

  private static void read(ImageStream stream, ByteBuffer target) throws Exception {
    while (target.hasRemaining()) {
      assertThat(stream.read(target)).isPositive();
    }
  }

  @Test
  void aRestartOfGlanceAndATokenThatHasExpired() throws Exception {
    assertSurvives(
        () -> {
          awaitExpired(cloud.token(OpenStack.USER, "images")); // which is younger than the one used
          cloud.restartGlance();
        });
  }

  private void awaitExpired(String token) throws Exception {
    long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (cloud.statusFor(token) != 401) {
      assertThat(System.nanoTime()).as("a token expires").isLessThan(end);
    }
  }

  @Test
  void aRestartOfGlanceAndATokenThatIsRefused() throws Exception {
    assertSurvives(
        () -> {
          cloud.spoilTokens();
          cloud.restartGlance();
        });
  }
}
