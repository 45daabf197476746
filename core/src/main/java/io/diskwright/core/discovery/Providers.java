package io.diskwright.core.discovery;

import io.diskwright.spi.backend.ImageBackendProvider;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.ImageSourceProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The backends and image sources that were found, and why others that are there cannot be used.
 *
 * <p>Immutable and thread-safe. Loading never fails: a jar that is broken, hostile, or built for
 * another version is a {@link ProviderProblem}, and everything else is found all the same. No
 * provider is preferred over another: two that claim one id, or one scheme, leave it to nobody.
 */
public final class Providers {
  private final List<LoadedProvider<ImageBackendProvider>> backends;
  private final List<LoadedProvider<ImageSourceProvider>> sources;
  private final SourceSchemes schemes;
  private final List<ProviderProblem> problems;

  private Providers(
      ProviderSet<ImageBackendProvider> backendSet, ProviderSet<ImageSourceProvider> sourceSet) {
    this.schemes = new SourceSchemes(sourceSet.loaded());
    this.backends = List.copyOf(backendSet.loaded());
    this.sources = List.copyOf(schemes.usable());
    List<ProviderProblem> all = new ArrayList<>(backendSet.problems());
    all.addAll(sourceSet.problems());
    all.addAll(schemes.problems());
    this.problems = List.copyOf(all);
  }

  /** Finds the providers that the thread's context class loader sees, else Diskwright's own. */
  public static Providers load() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return load(context == null ? ownClassLoader() : context);
  }

  /** Finds the providers that a class loader sees. */
  public static Providers load(ClassLoader classLoader) {
    return new Providers(
        ProviderSet.find(ProviderKind.BACKEND, ImageBackendProvider.class, classLoader),
        ProviderSet.find(ProviderKind.SOURCE, ImageSourceProvider.class, classLoader));
  }

  /** Takes these providers instead of searching for them; each is checked just the same. */
  public static Providers of(
      Iterable<? extends ImageBackendProvider> backends,
      Iterable<? extends ImageSourceProvider> sources) {
    return new Providers(
        ProviderSet.of(ProviderKind.BACKEND, backends),
        ProviderSet.of(ProviderKind.SOURCE, sources));
  }

  /** Returns the usable backends, by id. */
  public List<LoadedProvider<ImageBackendProvider>> backends() {
    return backends;
  }

  /** Returns the usable image sources, by id. */
  public List<LoadedProvider<ImageSourceProvider>> sources() {
    return sources;
  }

  /** Returns why other providers cannot be used: backends first, in the order of the class path. */
  public List<ProviderProblem> problems() {
    return problems;
  }

  /**
   * Returns the backend with an id.
   *
   * @throws DiskException with reason {@code CONFIGURATION} when there is none; it lists the ids
   *     that were found and every problem that could explain it
   */
  public LoadedProvider<ImageBackendProvider> backend(String id) throws DiskException {
    return backends.stream()
        .filter(backend -> backend.id().equals(id))
        .findFirst()
        .orElseThrow(() -> noBackend(id));
  }

  /** Returns the image source with an id. */
  public Optional<LoadedProvider<ImageSourceProvider>> source(String id) {
    return sources.stream().filter(source -> source.id().equals(id)).findFirst();
  }

  /**
   * Returns the image source that resolves references of a scheme.
   *
   * @param scheme the scheme, in any case, such as {@code file}
   * @return the source; empty when no source, or more than one, claims the scheme
   */
  public Optional<LoadedProvider<ImageSourceProvider>> sourceForScheme(String scheme) {
    return schemes.find(scheme);
  }

  /** Returns the schemes that {@link #sourceForScheme} knows, sorted. */
  public SortedSet<String> schemes() {
    return schemes.all();
  }

  private DiskException noBackend(String id) {
    String found = backends.stream().map(LoadedProvider::id).collect(Collectors.joining(", "));
    String problem =
        problemsOfBackend(id).map(each -> "; not usable: " + each).collect(Collectors.joining());
    return DiskException.of(Reason.CONFIGURATION, "use backend")
        .resource(id)
        .said(
            "no usable backend has this id; found: %s%s"
                .formatted(found.isEmpty() ? "none" : found, problem))
        .remedy("put its jar on the class path or into backends/")
        .build();
  }

  private Stream<ProviderProblem> problemsOfBackend(String id) {
    return problems.stream()
        .filter(problem -> problem.kind() == ProviderKind.BACKEND)
        .filter(problem -> problem.id().isEmpty() || problem.id().equals(id));
  }

  private static ClassLoader ownClassLoader() {
    ClassLoader own = Providers.class.getClassLoader();
    return own == null ? ClassLoader.getSystemClassLoader() : own;
  }
}
