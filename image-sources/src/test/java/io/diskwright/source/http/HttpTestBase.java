package io.diskwright.source.http;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.config.ConfigKey;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import io.diskwright.spi.image.ImageStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A source and the servers that it asks. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class HttpTestBase {
  static final int MIB = 1024 * 1024;

  /** The time that any test needs. */
  static final Call CALL = Call.within(Duration.ofMinutes(10));

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  final Map<String, String> environment = new HashMap<>();
  Lookup lookup = Lookup.SYSTEM;

  /** No connection is fast enough: large images come over several. */
  long fast = Long.MAX_VALUE;

  @AfterEach
  void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  final <T extends AutoCloseable> T closing(T resource) {
    open.push(resource);
    return resource;
  }

  final TestServer server(TestServer.Handler handler) throws IOException {
    return closing(TestServer.start(handler));
  }

  /** Opens a source with keys and values. */
  final ImageSource source(String... keysAndValues) throws DiskException {
    Settings.Builder settings = Settings.builder();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      String name = keysAndValues[i];
      ConfigKey<?> key =
          HttpSettings.KEYS.stream()
              .filter(each -> each.name().equals(name))
              .findFirst()
              .orElseThrow();
      settings.parse(key, keysAndValues[i + 1]);
    }
    return closing(
        HttpSource.open(
            HttpSettings.of(settings.build()),
            lookup,
            environment,
            new Tuning(fast, Duration.ofMillis(1))));
  }

  static Image resolve(ImageSource source, String url) throws DiskException {
    return source.resolve(ImageRequest.of(url), CALL);
  }

  final ImageData open(ImageSource source, String url) throws DiskException {
    return closing(source.open(resolve(source, url), CALL));
  }

  static byte[] readAll(ImageData data) throws DiskException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(100_000);
    try (ImageStream stream = data.stream()) {
      while (stream.read(buffer) >= 0) {
        all.write(buffer.array(), 0, buffer.position());
        buffer.clear();
      }
    }
    return all.toByteArray();
  }

  static DiskException failure(ThrowingCallable call) {
    return catchThrowableOfType(DiskException.class, call);
  }
}
