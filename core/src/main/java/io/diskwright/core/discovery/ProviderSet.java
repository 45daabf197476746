package io.diskwright.core.discovery;

import io.diskwright.spi.Provider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The usable providers of one kind, and why others are not; one thread. */
final class ProviderSet<P extends Provider> {
  private final ProviderKind kind;
  private final List<LoadedProvider<P>> loaded = new ArrayList<>();
  private final List<ProviderProblem> problems = new ArrayList<>();

  private ProviderSet(ProviderKind kind) {
    this.kind = kind;
  }

  static <P extends Provider> ProviderSet<P> find(
      ProviderKind kind, Class<P> type, ClassLoader classLoader) {
    ProviderFinder<P> finder = new ProviderFinder<>(kind, type, classLoader);
    finder.find();
    ProviderSet<P> set = new ProviderSet<>(kind);
    set.problems.addAll(finder.problems());
    set.admit(finder.candidates());
    return set;
  }

  static <P extends Provider> ProviderSet<P> of(
      ProviderKind kind, Iterable<? extends P> providers) {
    List<Candidate<P>> candidates = new ArrayList<>();
    for (P provider : providers) {
      String jar = JarLocation.of(provider.getClass()).orElse("");
      candidates.add(new Candidate<>(provider, jar));
    }
    ProviderSet<P> set = new ProviderSet<>(kind);
    set.admit(candidates);
    return set;
  }

  /** Returns the usable providers, by id. */
  List<LoadedProvider<P>> loaded() {
    return loaded;
  }

  List<ProviderProblem> problems() {
    return problems;
  }

  private void admit(List<Candidate<P>> candidates) {
    Map<String, List<LoadedProvider<P>>> byId = new TreeMap<>();
    for (LoadedProvider<P> provider : check(candidates)) {
      byId.computeIfAbsent(provider.id(), id -> new ArrayList<>()).add(provider);
    }
    byId.values().forEach(this::admitAlone);
  }

  private List<LoadedProvider<P>> check(List<Candidate<P>> candidates) {
    List<LoadedProvider<P>> checked = new ArrayList<>();
    for (Candidate<P> candidate : candidates) {
      ProviderCheck<P> check = new ProviderCheck<>(kind, candidate);
      try {
        checked.add(check.check());
      } catch (RefusedException e) {
        problems.add(check.problem(e));
      }
    }
    return checked;
  }

  private void admitAlone(List<LoadedProvider<P>> claimants) {
    LoadedProvider<P> first = claimants.get(0);
    if (claimants.size() == 1) {
      loaded.add(first);
    } else {
      problems.add(Rivals.problem(kind, "id (%s)".formatted(first.id()), claimants));
    }
  }
}
