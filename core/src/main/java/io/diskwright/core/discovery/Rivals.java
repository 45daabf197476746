package io.diskwright.core.discovery;

import io.diskwright.spi.Provider;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reports several providers that claim what only one can have, so that none of them has it. */
final class Rivals {
  private Rivals() {}

  static <P extends Provider> ProviderProblem problem(
      ProviderKind kind, String claim, List<LoadedProvider<P>> claimants) {
    LoadedProvider<P> first = claimants.get(0);
    String all =
        claimants.stream().map(LoadedProvider::claimant).collect(Collectors.joining(" and "));
    return new ProviderProblem(
        kind,
        first.id(),
        first.provider().getClass().getName(),
        first.jar(),
        "%s is claimed by %s, so none of them has it".formatted(claim, all),
        Optional.empty());
  }
}
