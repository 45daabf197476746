package io.diskwright.core.config;

import io.diskwright.core.discovery.LoadedProvider;
import io.diskwright.core.discovery.Providers;
import io.diskwright.spi.Answer;
import io.diskwright.spi.backend.ImageBackendProvider;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.config.ConfigKey;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.ImageSourceProvider;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes a configuration of a draft, and reports everything that is wrong with it; one thread.
 *
 * <p>One broken pool spoils the whole configuration: a pool that is silently missing would be
 * noticed later, and by somebody else.
 */
final class Checker {
  private final Draft draft;
  private final Providers providers;
  private final Secrets secrets;
  private final Problems problems;
  private final Map<String, PoolConfig> pools = new LinkedHashMap<>();
  private final Map<String, SourceConfig> sources = new LinkedHashMap<>();

  Checker(Draft draft, Providers providers, Secrets secrets, Problems problems) {
    this.draft = draft;
    this.providers = providers;
    this.secrets = secrets;
    this.problems = problems;
  }

  /** Returns the configuration; it is complete only when no problem was reported. */
  Configuration check() {
    draft.pools().values().forEach(this::checkPool);
    draft.sources().values().forEach(this::checkSource);
    providers.sources().forEach(this::addUnconfigured);
    return new Configuration(draft.origin().text(), defaultPool(), pools, sources);
  }

  private ConfigValue defaultPool() {
    Optional<Written> written = draft.defaultPool();
    if (draft.pools().isEmpty() && !draft.arePoolsBroken()) {
      problems.add(draft.origin(), "pools must name at least one pool");
    } else {
      written.ifPresent(this::checkDefaultPool);
    }
    return written
        .map(name -> defaultPool(name.text(), name.origin().text(), false))
        .orElseGet(() -> defaultPool(firstPool(), "default", true));
  }

  private static ConfigValue defaultPool(String name, String origin, boolean isDefault) {
    return new ConfigValue(Draft.DEFAULT_POOL, name, origin, false, isDefault);
  }

  private String firstPool() {
    return draft.pools().keySet().stream().findFirst().orElse("");
  }

  private void checkDefaultPool(Written name) {
    if (!draft.pools().containsKey(name.text()) && !draft.arePoolsBroken()) {
      problems.add(
          name.origin(),
          "default-pool (%s) must be a configured pool: %s%s"
              .formatted(
                  Printable.of(name.text()),
                  Printable.of(String.join(", ", draft.pools().keySet())),
                  Nearest.hint(name.text(), draft.pools().keySet())));
    }
  }

  private void checkPool(Section section) {
    Optional<PoolName> name = name(section);
    if (section.isBroken()) {
      return;
    }
    SectionReader reader = new SectionReader(section, secrets, problems);
    Optional<LoadedProvider<ImageBackendProvider>> backend =
        reader.read(PoolKeys.BACKEND).flatMap(id -> backend(section, id));
    if (backend.isPresent()) {
      LoadedProvider<ImageBackendProvider> provider = backend.get();
      refuseOwnKeys(section, provider);
      Settings settings = read(section, provider, reader);
      Settings common = reader.read(PoolKeys.common());
      reader.refuseUnknown(DeclaredKeys.ofPool(provider));
      name.ifPresent(
          pool ->
              pools.put(
                  pool.value(),
                  new PoolConfig(pool, provider.id(), settings, common, reader.values())));
    }
  }

  private Optional<PoolName> name(Section section) {
    try {
      return Optional.of(new PoolName(section.name()));
    } catch (IllegalArgumentException e) {
      problems.add(section.origin(), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private Optional<LoadedProvider<ImageBackendProvider>> backend(Section section, String id) {
    try {
      return Optional.of(providers.backend(id));
    } catch (DiskException e) {
      Origin origin =
          section.find(PoolKeys.BACKEND.name()).map(Written::origin).orElse(section.origin());
      List<String> known = providers.backends().stream().map(LoadedProvider::id).toList();
      problems.add(
          origin,
          "%s (%s): %s%s%s"
              .formatted(
                  section.path(PoolKeys.BACKEND.name()),
                  Printable.of(id),
                  e.detail(),
                  Nearest.hint(id, known),
                  e.remedy().map(remedy -> "; " + remedy).orElse("")));
      return Optional.empty();
    }
  }

  /** Reads a provider's keys, and asks it about the values when nothing is wrong with them. */
  private Settings read(Section section, LoadedProvider<?> provider, SectionReader reader) {
    int before = problems.count();
    Settings settings = reader.read(provider.configKeys());
    if (problems.count() == before) {
      Answer answer = provider.accepts(settings);
      if (!answer.yes()) {
        problems.add(section.origin(), section.path() + ": " + answer.reason());
      }
    }
    return settings;
  }

  private void refuseOwnKeys(Section section, LoadedProvider<?> backend) {
    Set<String> own = new HashSet<>();
    own.add(PoolKeys.BACKEND.name());
    PoolKeys.common().forEach(key -> own.add(key.name()));
    for (ConfigKey<?> key : backend.configKeys()) {
      if (own.contains(key.name())) {
        problems.add(
            section.origin(),
            "%s: backend '%s' of %s must not declare the key '%s', which every pool has"
                .formatted(section.path(), backend.id(), backend.jar(), key.name()));
      }
    }
  }

  private void checkSource(Section section) {
    Optional<LoadedProvider<ImageSourceProvider>> source = providers.source(section.name());
    if (source.isEmpty()) {
      List<String> known = providers.sources().stream().map(LoadedProvider::id).toList();
      problems.add(
          section.origin(),
          "%s: no usable image source has this id; found: %s%s"
              .formatted(
                  section.path(),
                  known.isEmpty() ? "none" : String.join(", ", known),
                  Nearest.hint(section.name(), known)));
    } else if (!section.isBroken()) {
      readSource(section, source.get());
    }
  }

  private void readSource(Section section, LoadedProvider<?> source) {
    SectionReader reader = new SectionReader(section, secrets, problems);
    Settings settings = read(section, source, reader);
    reader.refuseUnknown(DeclaredKeys.ofSource(source));
    sources.put(source.id(), new SourceConfig(source.id(), settings, reader.values()));
  }

  private void addUnconfigured(LoadedProvider<?> source) {
    boolean optional = source.configKeys().stream().noneMatch(ConfigKey::isRequired);
    if (optional && !draft.sources().containsKey(source.id())) {
      readSource(new Section(Draft.SOURCES, source.id(), draft.origin()), source);
    }
  }
}
