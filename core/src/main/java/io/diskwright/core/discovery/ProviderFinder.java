package io.diskwright.core.discovery;

import io.diskwright.spi.Provider;
import java.io.IOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.Spliterator;

/** Finds the providers of one kind, one services file after another; one thread. */
final class ProviderFinder<P extends Provider> {
  /** Ends the search in a services file that would fail for ever. */
  private static final int MOST_FAILURES = 1000;

  private final ProviderKind kind;
  private final Class<P> type;
  private final ClassLoader classLoader;
  private final String servicesName;
  private final Set<Class<?>> seen = new HashSet<>();
  private final List<Candidate<P>> candidates = new ArrayList<>();
  private final List<ProviderProblem> problems = new ArrayList<>();

  ProviderFinder(ProviderKind kind, Class<P> type, ClassLoader classLoader) {
    this.kind = kind;
    this.type = type;
    this.classLoader = classLoader;
    this.servicesName = "META-INF/services/" + type.getName();
  }

  void find() {
    searchNamedModules();
    for (URL file : servicesFiles()) {
      search(List.of(file), JarLocation.ofServicesFile(file, servicesName));
    }
  }

  List<Candidate<P>> candidates() {
    return candidates;
  }

  List<ProviderProblem> problems() {
    return problems;
  }

  private List<URL> servicesFiles() {
    try {
      return Collections.list(classLoader.getResources(servicesName));
    } catch (IOException e) {
      report("", "", "the class path cannot be searched", e);
      return List.of();
    }
  }

  /** Every search sees the providers in named modules too, so they are taken in the first. */
  private void searchNamedModules() {
    search(List.of(), "");
  }

  private void search(List<URL> file, String jar) {
    OneServicesFile view = new OneServicesFile(classLoader, servicesName, file);
    Spliterator<ServiceLoader.Provider<P>> found =
        ServiceLoader.load(type, view).stream().spliterator();
    boolean more = true;
    int failures = 0;
    while (more && failures < MOST_FAILURES) {
      try {
        more = found.tryAdvance(offer -> take(offer, file.isEmpty(), jar));
        view.takeLastAsked();
      } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
        failures++;
        reportNotLoaded(view.takeLastAsked(), jar, e);
      }
    }
  }

  private void take(ServiceLoader.Provider<P> offer, boolean namedModules, String jar) {
    Class<? extends P> offered = offer.type();
    if (offered.getModule().isNamed() != namedModules || !seen.add(offered)) {
      return;
    }
    String location = JarLocation.of(offered).orElse(jar);
    try {
      candidates.add(new Candidate<>(offer.get(), location));
    } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
      reportNotLoaded(offered.getName(), location, e);
    }
  }

  private void reportNotLoaded(String className, String jar, Throwable fault) {
    Throwable cause =
        fault instanceof ServiceConfigurationError && fault.getCause() != null
            ? fault.getCause()
            : fault;
    String what = className.isEmpty() ? servicesName + " cannot be read" : "cannot be loaded";
    report(className, jar, what, cause);
  }

  private void report(String className, String jar, String what, Throwable cause) {
    String message = what + ": " + Faults.describe(cause);
    problems.add(new ProviderProblem(kind, "", className, jar, message, Optional.of(cause)));
  }
}
