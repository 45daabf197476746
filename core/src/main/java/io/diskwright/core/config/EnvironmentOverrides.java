package io.diskwright.core.config;

import io.diskwright.core.discovery.Providers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The overrides in environment variables, matched against the keys that are declared; one thread.
 *
 * <p>A variable's name cannot be taken apart, because an underscore may stand for a dash, a dot or
 * itself. So the name of every declared key is put together and looked up.
 */
final class EnvironmentOverrides {
  private static final String PREFIX = "DISKWRIGHT_";
  private static final String BACKEND = PoolKeys.BACKEND.name();

  private record Target(String table, String name, String key) {
    @Override
    public String toString() {
      return table + '.' + name + '.' + key;
    }
  }

  private final ProcessEnvironment environment;
  private final Providers providers;
  private final DeclaredKeys declared;
  private final Problems problems;
  private final Map<String, List<Target>> targets = new LinkedHashMap<>();
  private final Set<String> unknowable = new HashSet<>();

  EnvironmentOverrides(ProcessEnvironment environment, Providers providers, Problems problems) {
    this.environment = environment;
    this.providers = providers;
    this.declared = new DeclaredKeys(providers);
    this.problems = problems;
  }

  /** Applies them; {@code options} are applied later, but may decide on a pool's backend. */
  void apply(Draft draft, Options options) {
    draft.pools().values().forEach(pool -> declarePool(pool, options));
    providers
        .sources()
        .forEach(source -> declare(Draft.SOURCES, source.id(), DeclaredKeys.ofSource(source)));
    int position = 0;
    for (Map.Entry<String, String> each : new TreeMap<>(environment.variables()).entrySet()) {
      if (!each.getValue().isEmpty()) {
        apply(draft, each.getKey(), new Written(each.getValue(), origin(each.getKey(), position)));
      }
      position++;
    }
  }

  private Origin origin(String variable, int position) {
    return new Origin(
        Origin.Layer.ENVIRONMENT,
        position,
        "environment variable " + Printable.of(variable),
        environment.workingFolder());
  }

  private void declarePool(Section pool, Options options) {
    Optional<List<String>> keys = backendOf(pool, options).flatMap(declared::ofPool);
    if (keys.isEmpty() || pool.isBroken()) {
      unknowable.add(variable(Draft.POOLS, pool.name(), ""));
    }
    declare(Draft.POOLS, pool.name(), keys.orElse(List.of(BACKEND)));
  }

  private Optional<String> backendOf(Section pool, Options options) {
    return options
        .find(Draft.POOLS, pool.name(), BACKEND)
        .map(Written::text)
        .or(() -> environment.variable(variable(Draft.POOLS, pool.name(), BACKEND)))
        .or(() -> pool.find(BACKEND).map(Written::text));
  }

  private void declare(String table, String name, List<String> keys) {
    for (String key : keys) {
      targets
          .computeIfAbsent(variable(table, name, key), variable -> new ArrayList<>())
          .add(new Target(table, name, key));
    }
  }

  private void apply(Draft draft, String variable, Written value) {
    List<Target> matches = targets.getOrDefault(variable, List.of());
    if (variable.equals(PREFIX + word(Draft.DEFAULT_POOL))) {
      draft.defaultPool(value);
    } else if (matches.size() == 1) {
      Target target = matches.get(0);
      draft.section(target.table(), target.name(), value.origin()).put(target.key(), value);
    } else if (matches.size() > 1) {
      problems.add(value.origin(), "it must have one meaning, and may mean " + join(matches));
    } else if (isOverride(variable)) {
      problems.add(
          value.origin(),
          "no pool or image source has such a key" + Nearest.hint(variable, targets.keySet()));
    }
  }

  /** Tells whether a variable is meant for us, and nothing that is wrong already explains it. */
  private boolean isOverride(String variable) {
    boolean ours =
        variable.startsWith(PREFIX + word(Draft.POOLS) + '_')
            || variable.startsWith(PREFIX + word(Draft.SOURCES) + '_');
    return ours && unknowable.stream().noneMatch(variable::startsWith);
  }

  private static String join(List<Target> matches) {
    return matches.stream().map(Target::toString).collect(Collectors.joining(" or "));
  }

  private static String variable(String table, String name, String key) {
    return PREFIX + word(table) + '_' + word(name) + '_' + word(key);
  }

  private static String word(String name) {
    return name.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
  }
}
