package io.diskwright.core.discovery;

import io.diskwright.spi.image.ImageSourceProvider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Which image source resolves which scheme; built by one thread, then immutable. */
final class SourceSchemes {
  private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]*");

  private final Map<String, LoadedProvider<ImageSourceProvider>> byScheme = new HashMap<>();
  private final List<LoadedProvider<ImageSourceProvider>> usable = new ArrayList<>();
  private final List<ProviderProblem> problems = new ArrayList<>();

  SourceSchemes(List<LoadedProvider<ImageSourceProvider>> sources) {
    Map<String, List<LoadedProvider<ImageSourceProvider>>> claims = new TreeMap<>();
    for (LoadedProvider<ImageSourceProvider> source : sources) {
      for (String scheme : schemesOf(source)) {
        claims.computeIfAbsent(scheme, key -> new ArrayList<>()).add(source);
      }
    }
    claims.forEach(this::assign);
  }

  /** Returns the sources whose schemes could be learned. */
  List<LoadedProvider<ImageSourceProvider>> usable() {
    return usable;
  }

  List<ProviderProblem> problems() {
    return problems;
  }

  Optional<LoadedProvider<ImageSourceProvider>> find(String scheme) {
    return Optional.ofNullable(byScheme.get(scheme.toLowerCase(Locale.ROOT)));
  }

  SortedSet<String> all() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(byScheme.keySet()));
  }

  private Set<String> schemesOf(LoadedProvider<ImageSourceProvider> source) {
    try {
      Set<String> schemes =
          ProviderCheck.ask("schemes()", () -> Set.copyOf(source.provider().schemes()));
      checkGrammar(schemes);
      usable.add(source);
      return schemes;
    } catch (RefusedException e) {
      problems.add(refused(source, e));
      return Set.of();
    }
  }

  private static void checkGrammar(Set<String> schemes) throws RefusedException {
    for (String scheme : schemes) {
      if (!SCHEME.matcher(scheme).matches()) {
        throw new RefusedException(
            "scheme (%s) must match %s".formatted(Faults.oneLine(scheme), SCHEME.pattern()), null);
      }
    }
  }

  private void assign(String scheme, List<LoadedProvider<ImageSourceProvider>> claimants) {
    if (claimants.size() == 1) {
      byScheme.put(scheme, claimants.get(0));
    } else {
      problems.add(Rivals.problem(ProviderKind.SOURCE, "scheme (%s)".formatted(scheme), claimants));
    }
  }

  private static ProviderProblem refused(
      LoadedProvider<ImageSourceProvider> source, RefusedException e) {
    return new ProviderProblem(
        ProviderKind.SOURCE,
        source.id(),
        source.provider().getClass().getName(),
        source.jar(),
        e.getMessage(),
        Optional.ofNullable(e.getCause()));
  }
}
