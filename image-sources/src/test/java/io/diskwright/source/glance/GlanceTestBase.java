package io.diskwright.source.glance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.source.http.TestServer;
import io.diskwright.source.http.Tuning;
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
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A source and the cloud that it asks. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class GlanceTestBase {
  static final int MIB = 1024 * 1024;
  static final Call CALL = Call.within(Duration.ofMinutes(10));

  @TempDir Path folder = Path.of("");
  final TestCloud cloud = new TestCloud();
  final Map<String, String> environment = new HashMap<>();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  TestServer server;

  /** No connection is fast enough: large images come over several. */
  long fast = Long.MAX_VALUE;

  @BeforeEach
  void serve() throws IOException {
    server = closing(TestServer.start(cloud));
    cloud.at(server);
    Files.writeString(
        folder.resolve("clouds.yaml"),
        """
        clouds:
          test:
            region_name: one
            auth:
              auth_url: %s
              username: user
              password: %s
              project_name: images
        """
            .formatted(server.url("/v3"), TestCloud.PASSWORD));
  }

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

  /** Opens a source that logs in, with further keys and values. */
  final ImageSource source(String... keysAndValues) throws DiskException {
    Settings.Builder settings = Settings.builder();
    put(settings, "clouds-file", folder.resolve("clouds.yaml").toString());
    put(settings, "cloud", "test");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      put(settings, keysAndValues[i], keysAndValues[i + 1]);
    }
    return open(settings);
  }

  /** Opens a source that does not log in. */
  final ImageSource anonymous() throws DiskException {
    Settings.Builder settings = Settings.builder();
    put(settings, "endpoint", server.url("/v2/"));
    return open(settings);
  }

  /** Opens a source for which nothing is configured. */
  final ImageSource fromEnvironment() throws DiskException {
    return open(Settings.builder());
  }

  private ImageSource open(Settings.Builder settings) throws DiskException {
    return closing(
        GlanceSource.open(
            GlanceSettings.of(settings.build()),
            environment,
            new Tuning(fast, Duration.ofMillis(1))));
  }

  private static void put(Settings.Builder settings, String name, String value) {
    ConfigKey<?> key =
        GlanceSettings.KEYS.stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow();
    settings.parse(key, value);
  }

  static Image resolve(ImageSource source, String reference) throws DiskException {
    return source.resolve(ImageRequest.of("glance:" + reference), CALL);
  }

  /** Has the cloud serve an image of so many bytes, with members of its record. */
  final byte[] serves(int length, Map<String, String> members) {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    cloud.content = content;
    cloud.has(TestCloud.ID, members);
    return content;
  }

  final byte[] serves(int length) {
    return serves(length, Map.of());
  }

  final ImageData openImage(ImageSource source) throws DiskException {
    return closing(source.open(resolve(source, TestCloud.ID), CALL));
  }

  static byte[] readAll(ImageData data) throws DiskException {
    try (ImageStream stream = data.stream()) {
      return readAll(stream);
    }
  }

  static byte[] readAll(ImageStream stream) throws DiskException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(100_000);
    while (stream.read(buffer) >= 0) {
      all.write(buffer.array(), 0, buffer.position());
      buffer.clear();
    }
    return all.toByteArray();
  }

  /** Returns what a call fails with, which tells no secret, and what to do. */
  static DiskException failure(ThrowingCallable call) {
    DiskException failure = catchThrowableOfType(DiskException.class, call);
    assertThat(failure).isNotNull();
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    assertThat(trace.toString()).doesNotContain("s3cret");
    assertThat(failure.resource().orElse("")).doesNotContain("s3cret");
    assertThat(failure.remedy()).isPresent();
    return failure;
  }
}
