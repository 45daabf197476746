package io.diskwright.it.contract;

import io.diskwright.core.lock.HostLocks;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.ImageBackendProvider;
import io.diskwright.spi.backend.PoolContext;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.config.ConfigKey;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.lock.LockManager;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * What core gives a backend, for a pool of the contract's.
 *
 * @param settings the pool's settings
 * @param keepFree how much of the storage stays free
 */
record ContractPool(Settings settings, long keepFree) implements PoolContext {
  /** Opens a pool of the backend of this id, of which the provider is found as by core. */
  static ImageBackend open(String backend, Map<String, String> values, long keepFree)
      throws DiskException {
    ImageBackendProvider provider =
        ServiceLoader.load(ImageBackendProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(found -> found.id().equals(backend))
            .findFirst()
            .orElseThrow();
    Settings.Builder settings = Settings.builder();
    for (ConfigKey<?> key : provider.configKeys()) {
      if (values.containsKey(key.name())) {
        settings.parse(key, values.get(key.name()));
      }
    }
    return provider.open(new ContractPool(settings.build(), keepFree));
  }

  @Override
  public PoolName name() {
    return new PoolName("contract");
  }

  @Override
  public Duration stallTimeout() {
    return Duration.ofMinutes(2);
  }

  @Override
  public LockManager hostLocks(Path lockFile) {
    return HostLocks.of(lockFile);
  }
}
