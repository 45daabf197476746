package io.diskwright.core.config;

import io.diskwright.core.discovery.Providers;
import io.diskwright.spi.Answer;
import io.diskwright.spi.Spi;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.ImageBackendProvider;
import io.diskwright.spi.backend.PoolContext;
import io.diskwright.spi.config.ConfigKey;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.image.ImageSource;
import io.diskwright.spi.image.ImageSourceProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Providers that declare keys and open nothing. */
final class StubProviders {
  static final ConfigKey<Path> PATH = ConfigKey.path("path", "Where it is.").asRequired();
  static final ConfigKey<Boolean> SYNC = ConfigKey.flag("sync-disks", "Safe.").withDefault(true);
  static final ConfigKey<Long> CLUSTER =
      ConfigKey.size("cluster-size", "Clusters.").withDefault(65536L);
  static final ConfigKey<Long> FILLS = ConfigKey.integer("fills", 1, 16, "At once.");
  static final ConfigKey<String> MODE = ConfigKey.choice("mode", "Bits.", "0600", "0640");
  static final ConfigKey<String> POOL = ConfigKey.text("pool", "Pool.").asRequired();
  static final ConfigKey<String> USER = ConfigKey.text("user", "User.").withDefault("admin");
  static final ConfigKey<String> KEY = ConfigKey.text("key", "Key.").asSecret();
  static final ConfigKey<Long> PIN = ConfigKey.integer("pin", 1, 9999, "Pin.").asSecret();
  static final ConfigKey<Duration> TIMEOUT =
      ConfigKey.duration("timeout", "Wait.").withDefault(Duration.ofSeconds(90));
  static final ConfigKey<String> TOKEN = ConfigKey.text("token", "Token.").asSecret();
  static final ConfigKey<String> ENDPOINT = ConfigKey.text("endpoint", "Where.").asRequired();

  private StubProviders() {}

  /** Returns backends qcow2, raw, rbd and greedy, and sources file, http and glance. */
  static Providers all() {
    return Providers.of(
        List.of(
            new Backend("qcow2", List.of(PATH, SYNC, CLUSTER, FILLS, MODE)),
            new Backend("raw", List.of(PATH, SYNC)),
            new Backend("rbd", List.of(POOL, USER, KEY, PIN)),
            new Backend("greedy", List.of(ConfigKey.text("stall-timeout", "Ours.")))),
        List.of(
            new Source("file", List.of()),
            new Source("http", List.of(TIMEOUT, TOKEN)),
            new Source("glance", List.of(ENDPOINT))));
  }

  private record Backend(String id, List<ConfigKey<?>> configKeys) implements ImageBackendProvider {
    @Override
    public int spiVersion() {
      return Spi.VERSION;
    }

    @Override
    public Answer probe() {
      return Answer.ofYes();
    }

    @Override
    public Answer accepts(Settings settings) {
      if (!configKeys.contains(MODE) || settings.find(FILLS).isEmpty()) {
        return Answer.ofYes();
      }
      if (settings.find(FILLS).get() == 13) {
        throw new IllegalStateException("a broken provider");
      }
      return settings.find(MODE).isPresent()
          ? Answer.no("fills and mode must not both be given")
          : Answer.ofYes();
    }

    @Override
    public ImageBackend open(PoolContext context) {
      throw new UnsupportedOperationException("a stub opens nothing");
    }
  }

  private record Source(String id, List<ConfigKey<?>> configKeys) implements ImageSourceProvider {
    @Override
    public int spiVersion() {
      return Spi.VERSION;
    }

    @Override
    public Answer probe() {
      return Answer.ofYes();
    }

    @Override
    public Set<String> schemes() {
      return Set.of(id);
    }

    @Override
    public ImageSource open(Settings settings) {
      throw new UnsupportedOperationException("a stub opens nothing");
    }
  }
}
