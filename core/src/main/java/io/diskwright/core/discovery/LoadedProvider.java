package io.diskwright.core.discovery;

import io.diskwright.spi.Answer;
import io.diskwright.spi.Provider;
import io.diskwright.spi.config.ConfigKey;
import io.diskwright.spi.config.Settings;
import java.util.List;
import java.util.Objects;

/**
 * A provider that was found and checked; immutable, though the provider itself may not be.
 *
 * @param <P> the kind of provider
 * @param id its id
 * @param provider the provider itself
 * @param version the version of its jar, {@code unknown} when the jar does not say
 * @param jar the jar or folder that its class comes from, empty when that cannot be told
 * @param spiVersion the interface version that it was compiled against
 * @param configKeys its configuration keys, as it declared them when it was loaded
 * @param availability whether this host can run it, as it said when it was loaded
 */
public record LoadedProvider<P extends Provider>(
    String id,
    P provider,
    String version,
    String jar,
    int spiVersion,
    List<ConfigKey<?>> configKeys,
    Answer availability) {
  /** Checks that nothing is null. */
  public LoadedProvider {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(provider, "provider");
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(jar, "jar");
    configKeys = List.copyOf(configKeys);
    Objects.requireNonNull(availability, "availability");
  }

  /** Asks it whether values go together; no when it fails to say. */
  public Answer accepts(Settings settings) {
    try {
      return provider.accepts(settings);
    } catch (RuntimeException | LinkageError e) {
      return Answer.no("%s failed when it was asked about the values: %s".formatted(claimant(), e));
    }
  }

  /** Returns class and jar, as a problem names them. */
  String claimant() {
    String name = provider.getClass().getName();
    return jar.isEmpty() ? name : name + " in " + jar;
  }
}
