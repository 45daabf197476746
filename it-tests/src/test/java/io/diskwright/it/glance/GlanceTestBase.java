package io.diskwright.it.glance;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.Diskwright;
import io.diskwright.it.support.Host;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.OpenStack;
import io.diskwright.it.support.SharedCeph;
import io.diskwright.it.support.SharedOpenStack;
import io.diskwright.spi.config.ConfigKey;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.ImageSource;
import io.diskwright.spi.image.ImageSourceProvider;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.ServiceLoader;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A Glance, and a host with a pool of files that uses it. */
@ExtendWith({SharedCeph.class, SharedOpenStack.class})
abstract class GlanceTestBase {
  static final int MIB = 1024 * 1024;

  @TempDir Path folder = Path.of("");
  final String name = "image-" + UUID.randomUUID();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  OpenStack cloud;

  @BeforeEach
  final void use(OpenStack shared) {
    cloud = shared;
  }

  @AfterEach
  final void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  final <T extends AutoCloseable> T closing(T resource) {
    open.push(resource);
    return resource;
  }

  final Path raw(long seed, long size) throws IOException {
    return Images.raw(folder.resolve("image-" + seed + ".raw"), seed, size);
  }

  /** Opens the library with a pool of files, and a cloud of the file of clouds. */
  final Diskwright diskwright(String named) throws IOException {
    return diskwright(named, cloud.clouds());
  }

  final Diskwright diskwright(String named, Path clouds, String... keys) throws IOException {
    Path yaml = Host.yaml(folder.resolve("pool"), "raw", keys);
    String sources = "sources: {glance: {cloud: %s, clouds-file: '%s'}}\n";
    Files.writeString(yaml, Files.readString(yaml) + sources.formatted(named, clouds));
    return closing(Diskwright.open(yaml));
  }

  /** Opens the image source alone. */
  final ImageSource source() throws DiskException {
    ImageSourceProvider glance =
        ServiceLoader.load(ImageSourceProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(each -> each.id().equals("glance"))
            .findFirst()
            .orElseThrow();
    Settings.Builder settings = Settings.builder();
    for (ConfigKey<?> key : glance.configKeys()) {
      switch (key.name()) {
        case "cloud" -> settings.parse(key, OpenStack.USER);
        case "clouds-file" -> settings.parse(key, cloud.clouds().toString());
        default -> {
          // as it is without being configured
        }
      }
    }
    return closing(glance.open(settings.build()));
  }

  /** Returns what a call fails with, which tells no secret. */
  final DiskException failure(ThrowingCallable call) throws IOException {
    DiskException failure = Host.failure(call);
    assertThat(failure).isNotNull();
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    assertThat(trace.toString()).doesNotContain(cloud.password(OpenStack.USER), "gAAAA");
    return failure;
  }
}
