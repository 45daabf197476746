package io.diskwright.core.discovery;

import io.diskwright.spi.Provider;
import io.diskwright.spi.Spi;
import io.diskwright.spi.config.ConfigKey;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Asks one provider everything it must know, trusting no answer; one thread. */
final class ProviderCheck<P extends Provider> {
  private static final Pattern ID = Pattern.compile("[a-z][a-z0-9-]{0,31}");
  private static final Set<String> OWN_BACKENDS = Set.of("raw", "qcow2", "rbd", "lvm");
  private static final String OWN_PACKAGE = "io.diskwright.";

  private final ProviderKind kind;
  private final Candidate<P> candidate;
  private String id = "";

  ProviderCheck(ProviderKind kind, Candidate<P> candidate) {
    this.kind = kind;
    this.candidate = candidate;
  }

  LoadedProvider<P> check() throws RefusedException {
    P provider = candidate.provider();
    int spiVersion = spiVersion(provider);
    checkId(ask("id()", provider::id));
    return new LoadedProvider<>(
        id,
        provider,
        version(provider.getClass()),
        candidate.jar(),
        spiVersion,
        configKeys(provider),
        ask("probe()", provider::probe));
  }

  /** Returns what a failed check found, with the provider's id if it got that far. */
  ProviderProblem problem(RefusedException e) {
    return new ProviderProblem(
        kind,
        id,
        candidate.provider().getClass().getName(),
        candidate.jar(),
        e.getMessage(),
        Optional.ofNullable(e.getCause()));
  }

  /** Asked first, because nothing else can be believed of a provider that is too new. */
  private static int spiVersion(Provider provider) throws RefusedException {
    int version = ask("spiVersion()", provider::spiVersion);
    if (version < 0 || version > Spi.VERSION) {
      throw new RefusedException(
          "SPI version (%d) must be at most %d, which this Diskwright offers"
              .formatted(version, Spi.VERSION),
          null);
    }
    return version;
  }

  private void checkId(String claimed) throws RefusedException {
    if (!ID.matcher(claimed).matches()) {
      throw new RefusedException(
          "id (%s) must match %s".formatted(Faults.oneLine(claimed), ID.pattern()), null);
    }
    id = claimed;
    boolean own = candidate.provider().getClass().getName().startsWith(OWN_PACKAGE);
    if (kind == ProviderKind.BACKEND && OWN_BACKENDS.contains(id) && !own) {
      throw new RefusedException(
          "id (%s) is kept for Diskwright's own backend".formatted(id), null);
    }
  }

  private static List<ConfigKey<?>> configKeys(Provider provider) throws RefusedException {
    List<ConfigKey<?>> keys = ask("configKeys()", () -> List.copyOf(provider.configKeys()));
    Set<String> names = new HashSet<>();
    for (ConfigKey<?> key : keys) {
      if (!names.add(key.name())) {
        throw new RefusedException(
            "configuration key (%s) must be declared once".formatted(key), null);
      }
    }
    return keys;
  }

  private static String version(Class<?> type) {
    return Optional.ofNullable(type.getPackage().getImplementationVersion())
        .map(Faults::oneLine)
        .orElse("unknown");
  }

  /** Calls a method of the provider, which may throw anything, or return null against its word. */
  static <T> T ask(String method, Supplier<? extends @Nullable T> question)
      throws RefusedException {
    @Nullable T answer;
    try {
      answer = question.get();
    } catch (AbstractMethodError e) {
      throw new RefusedException(
          "%s is missing: compiled against another SPI version than %d"
              .formatted(method, Spi.VERSION),
          e);
    } catch (Throwable e) {
      throw new RefusedException("%s failed: %s".formatted(method, Faults.describe(e)), e);
    }
    if (answer == null) {
      throw new RefusedException("%s must not return null".formatted(method), null);
    }
    return answer;
  }
}
