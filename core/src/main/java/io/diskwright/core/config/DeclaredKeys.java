package io.diskwright.core.config;

import io.diskwright.core.discovery.LoadedProvider;
import io.diskwright.core.discovery.Providers;
import io.diskwright.spi.config.ConfigKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The names of the keys that a pool or an image source may have. */
final class DeclaredKeys {
  private final Providers providers;

  DeclaredKeys(Providers providers) {
    this.providers = providers;
  }

  /** Returns those of a pool; empty when its backend was not found. */
  Optional<List<String>> ofPool(String backend) {
    return providers.backends().stream()
        .filter(each -> each.id().equals(backend))
        .findFirst()
        .map(DeclaredKeys::ofPool);
  }

  static List<String> ofPool(LoadedProvider<?> backend) {
    List<String> keys = new ArrayList<>();
    keys.add(PoolKeys.BACKEND.name());
    keys.addAll(names(backend.configKeys()));
    keys.addAll(names(PoolKeys.common()));
    return keys;
  }

  static List<String> ofSource(LoadedProvider<?> source) {
    return names(source.configKeys());
  }

  private static List<String> names(List<ConfigKey<?>> keys) {
    return keys.stream().<String>map(ConfigKey::name).toList();
  }
}
