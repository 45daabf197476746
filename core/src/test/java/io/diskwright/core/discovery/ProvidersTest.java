package io.diskwright.core.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loads providers from real jars, the broken ones always between good ones. */
class ProvidersTest {
  private static final String THROWS = "throw new IllegalStateException(\"broken on purpose\");";

  @TempDir static Path goodFolder;
  private static Path firstGood;
  private static Path lastGood;

  @TempDir Path folder;
  private final List<URLClassLoader> opened = new ArrayList<>();

  @BeforeAll
  static void buildGoodJars() {
    firstGood =
        new ProviderJar(goodFolder.resolve("a.jar")).backend("com.good.First", "first").build();
    lastGood =
        new ProviderJar(goodFolder.resolve("z.jar")).backend("com.good.Last", "last").build();
  }

  @AfterEach
  void closeClassLoaders() throws IOException {
    for (URLClassLoader each : opened) {
      each.close();
    }
  }

  private ProviderJar jar(String name) {
    return new ProviderJar(folder.resolve(name));
  }

  private Providers load(ProviderJar... jars) {
    return load(Stream.of(jars).map(ProviderJar::build).toArray(Path[]::new));
  }

  private Providers load(Path... jars) {
    URL[] urls = Stream.of(jars).map(ProvidersTest::url).toArray(URL[]::new);
    URLClassLoader loader = new URLClassLoader(urls, new WithoutServices());
    opened.add(loader);
    return Providers.load(loader);
  }

  private static URL url(Path path) {
    try {
      return path.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Loads a broken jar between two good ones, which must both be found. */
  private ProviderProblem loadBetweenGoodOnes(ProviderJar broken) {
    Providers providers = load(firstGood, broken.build(), lastGood);

    assertThat(ids(providers)).containsExactly("first", "last");
    assertThat(providers.problems()).hasSize(1);
    return providers.problems().get(0);
  }

  private static List<String> ids(Providers providers) {
    return providers.backends().stream().map(LoadedProvider::id).toList();
  }

  private String path(String jar) {
    return folder.resolve(jar).toString();
  }

  @Nested
  class GoodProviders {
    @Test
    void areListedByIdWithVersionJarAndAvailability() {
      Providers providers =
          load(
              jar("b.jar").backend("com.b.B", "beta").version("2.1"),
              jar("a.jar")
                  .backend(
                      "com.a.A",
                      "alpha",
                      "public Answer probe() { return Answer.no(\"no such tool\"); }"));

      assertThat(ids(providers)).containsExactly("alpha", "beta");
      LoadedProvider<?> alpha = providers.backends().get(0);
      assertThat(alpha.version()).isEqualTo("unknown");
      assertThat(alpha.availability().reason()).isEqualTo("no such tool");
      LoadedProvider<?> beta = providers.backends().get(1);
      assertThat(beta.version()).isEqualTo("2.1");
      assertThat(beta.jar()).isEqualTo(path("b.jar"));
      assertThat(beta.spiVersion()).isZero();
      assertThat(beta.availability().yes()).isTrue();
      assertThat(providers.problems()).isEmpty();
    }

    @Test
    void areFoundWhenOneJarHasSeveral() {
      Providers providers =
          load(jar("two.jar").backend("com.two.One", "one").backend("com.two.Two", "two"));

      assertThat(ids(providers)).containsExactly("one", "two");
    }

    @Test
    void areFoundOnceWhenTheSameClassIsListedByTwoJars() {
      Providers providers =
          load(jar("x.jar").backend("com.x.X", "x"), jar("copy.jar").backend("com.x.X", "x"));

      assertThat(ids(providers)).containsExactly("x");
      assertThat(providers.backends().get(0).jar()).isEqualTo(path("x.jar"));
      assertThat(providers.problems()).isEmpty();
    }

    @Test
    void areFoundThroughTheContextClassLoader() throws Exception {
      Path built = jar("x.jar").backend("com.x.X", "through-context").build();
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      try (URLClassLoader loader =
          new URLClassLoader(new URL[] {url(built)}, getClass().getClassLoader())) {
        thread.setContextClassLoader(loader);

        assertThat(ids(Providers.load())).contains("through-context");
      } finally {
        thread.setContextClassLoader(before);
      }
    }

    @Test
    void areFoundInAFolderWhoseNameHasSpaces() {
      Providers providers = load(jar("with space.jar").backend("com.x.X", "x"));

      assertThat(providers.backends().get(0).jar()).isEqualTo(path("with space.jar"));
    }
  }

  @Nested
  class BrokenJars {
    @Test
    void constructorThatThrows() {
      ProviderProblem problem =
          loadBetweenGoodOnes(
              jar("bad.jar").backend("com.bad.Bad", "bad", "public Bad() { " + THROWS + " }"));

      assertThat(problem.jar()).isEqualTo(path("bad.jar"));
      assertThat(problem.className()).isEqualTo("com.bad.Bad");
      assertThat(problem.message())
          .isEqualTo("cannot be loaded: IllegalStateException: broken on purpose");
      assertThat(problem.cause()).containsInstanceOf(IllegalStateException.class);
    }

    @Test
    void staticInitialiserThatThrows() {
      ProviderProblem problem =
          loadBetweenGoodOnes(
              jar("bad.jar")
                  .backend(
                      "com.bad.Bad",
                      "bad",
                      "static { if (true) throw new UnsatisfiedLinkError(\"no librbd\"); }"));

      assertThat(problem.jar()).isEqualTo(path("bad.jar"));
      assertThat(problem.className()).isEqualTo("com.bad.Bad");
      assertThat(problem.message()).contains("UnsatisfiedLinkError: no librbd");
    }

    @Test
    void staticInitialiserThatThrowsAnException() {
      ProviderProblem problem =
          loadBetweenGoodOnes(
              jar("bad.jar")
                  .backend("com.bad.Bad", "bad", "static { if (true) { " + THROWS + " } }"));

      assertThat(problem.message())
          .contains("ExceptionInInitializerError, caused by IllegalStateException: broken");
    }

    @Test
    void classOfAFieldThatIsMissing() {
      ProviderProblem problem =
          loadBetweenGoodOnes(
              jar("bad.jar")
                  .source("com.bad.Gone", "package com.bad; public class Gone {}")
                  .backend("com.bad.Bad", "bad", "private final Gone gone = new Gone();")
                  .without("com.bad.Gone"));

      assertThat(problem.className()).isEqualTo("com.bad.Bad");
      assertThat(problem.message()).contains("NoClassDefFoundError: com/bad/Gone");
    }

    @Test
    void superclassThatIsMissing() {
      ProviderProblem problem =
          loadBetweenGoodOnes(
              jar("bad.jar")
                  .source("com.bad.Gone", ProviderJar.backendSource("com.bad.Gone", "gone", ""))
                  .source("com.bad.Bad", "package com.bad; public class Bad extends Gone {}")
                  .lists(ProviderJar.BACKENDS, "com.bad.Bad")
                  .without("com.bad.Gone"));

      assertThat(problem.jar()).isEqualTo(path("bad.jar"));
      assertThat(problem.className()).isEqualTo("com.bad.Bad");
      assertThat(problem.cause()).containsInstanceOf(NoClassDefFoundError.class);
    }

    @Test
    void classFileForANewerJava() {
      ProviderProblem problem =
          loadBetweenGoodOnes(
              jar("bad.jar").backend("com.bad.Bad", "bad").forNewerJava("com.bad.Bad"));

      assertThat(problem.jar()).isEqualTo(path("bad.jar"));
      assertThat(problem.className()).isEqualTo("com.bad.Bad");
      assertThat(problem.message()).contains("class file version 200");
      assertThat(problem.cause()).containsInstanceOf(UnsupportedClassVersionError.class);
    }

    @Test
    void classThatIsNotThere() {
      ProviderProblem problem =
          loadBetweenGoodOnes(jar("bad.jar").lists(ProviderJar.BACKENDS, "com.bad.Nowhere"));

      assertThat(problem.jar()).isEqualTo(path("bad.jar"));
      assertThat(problem.className()).isEqualTo("com.bad.Nowhere");
      assertThat(problem.message()).contains("not found");
    }

    @Test
    void servicesFileThatIsMalformed() {
      ProviderProblem problem =
          loadBetweenGoodOnes(
              jar("bad.jar")
                  .backend("com.bad.Bad", "bad")
                  .lists(ProviderJar.BACKENDS, "this is not a class name"));

      assertThat(problem.jar()).isEqualTo(path("bad.jar"));
      assertThat(problem.className()).isEmpty();
      assertThat(problem.message()).startsWith(ProviderJar.BACKENDS + " cannot be read: ");
    }

    @Test
    void classThatIsNoProvider() {
      ProviderProblem problem =
          loadBetweenGoodOnes(
              jar("bad.jar")
                  .source("com.bad.Bad", "package com.bad; public class Bad {}")
                  .lists(ProviderJar.BACKENDS, "com.bad.Bad"));

      assertThat(problem.className()).isEqualTo("com.bad.Bad");
      assertThat(problem.message()).contains("not a subtype");
    }

    @Test
    void constructorThatIsPrivate() {
      ProviderProblem problem =
          loadBetweenGoodOnes(jar("bad.jar").backend("com.bad.Bad", "bad", "private Bad() {}"));

      assertThat(problem.className()).isEqualTo("com.bad.Bad");
      assertThat(problem.cause()).isPresent();
    }

    @Test
    void packageThatNobodyMayUse() {
      ProviderProblem problem =
          loadBetweenGoodOnes(
              jar("bad.jar")
                  .lists(ProviderJar.BACKENDS, "java.bad.Bad")
                  .lists("java/bad/Bad.class", "the package is refused before this is read"));

      assertThat(problem.jar()).isEqualTo(path("bad.jar"));
      assertThat(problem.cause()).containsInstanceOf(SecurityException.class);
    }

    @Test
    void doNotHideGoodProvidersOfTheSameJar() {
      Providers providers =
          load(
              jar("mixed.jar")
                  .backend("com.mixed.First", "first")
                  .backend("com.mixed.Newer", "newer")
                  .backend("com.mixed.Second", "second")
                  .backend("com.mixed.Throws", "throws", "public Throws() { " + THROWS + " }")
                  .lists(ProviderJar.BACKENDS, "com.mixed.Nowhere")
                  .backend("com.mixed.Third", "third")
                  .forNewerJava("com.mixed.Newer"));

      assertThat(ids(providers)).containsExactly("first", "second", "third");
      assertThat(providers.problems())
          .extracting(ProviderProblem::className)
          .containsExactlyInAnyOrder("com.mixed.Newer", "com.mixed.Throws", "com.mixed.Nowhere");
    }

    @Test
    void imageSourcesDoNotHideOthersEither() {
      Providers providers =
          load(
              jar("a.jar").imageSource("com.a.A", "a", "Set.of(\"a\")"),
              jar("b.jar").lists(ProviderJar.SOURCES, "com.b.Nowhere"),
              jar("c.jar").imageSource("com.c.C", "c", "Set.of(\"c\")"));

      assertThat(providers.sources()).extracting(LoadedProvider::id).containsExactly("a", "c");
      assertThat(providers.problems().get(0).kind()).isEqualTo(ProviderKind.SOURCE);
      assertThat(providers.problems().get(0).jar()).isEqualTo(path("b.jar"));
    }
  }

  @Nested
  class ProvidersThatBreakTheirWord {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            public String id() { throw new IllegalStateException("x"); } | id() failed: IllegalStateException: x
            public String id() { throw new AssertionError("x"); } | id() failed: AssertionError: x
            public String id() { return id(); } | id() failed: StackOverflowError
            public String id() { return null; } | id() must not return null
            public String id() { return ""; } | id () must match [a-z][a-z0-9-]{0,31}
            public String id() { return "Bad Id"; } | id (Bad Id) must match [a-z][a-z0-9-]{0,31}
            public String id() { return "a".repeat(33); } | id (aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) must match [a-z][a-z0-9-]{0,31}
            public int spiVersion() { return 7; } | SPI version (7) must be at most 0, which this Diskwright offers
            public int spiVersion() { throw new IllegalStateException("x"); } | spiVersion() failed: IllegalStateException: x
            public List<ConfigKey<?>> configKeys() { return null; } | configKeys() failed: NullPointerException
            public List<ConfigKey<?>> configKeys() { throw new IllegalStateException("x"); } | configKeys() failed: IllegalStateException: x
            public List<ConfigKey<?>> configKeys() { return List.of(ConfigKey.text("a", ""), ConfigKey.flag("a", "")); } | configuration key (a) must be declared once
            public Answer probe() { throw new NoClassDefFoundError("x"); } | probe() failed: NoClassDefFoundError: x
            public Answer probe() { return null; } | probe() must not return null
            """)
    void areLeftOutWithAProblem(String member, String message) {
      ProviderProblem problem =
          loadBetweenGoodOnes(jar("bad.jar").backend("com.bad.Bad", "bad", member));

      assertThat(problem.jar()).isEqualTo(path("bad.jar"));
      assertThat(problem.className()).isEqualTo("com.bad.Bad");
      assertThat(problem.message()).startsWith(message);
    }

    @Test
    void areLeftOutWhenAMethodOfTheInterfaceIsMissing() {
      String old = ProviderJar.backendSource("com.bad.Bad", "bad", "");
      String source =
          old.replace("implements ImageBackendProvider", "extends Old")
              .replace("  public int spiVersion() { return Spi.VERSION; }\n", "");
      ProviderJar compiled =
          jar("bad.jar")
              .source(
                  "com.bad.Old",
                  """
                  package com.bad;
                  public abstract class Old implements io.diskwright.spi.backend.ImageBackendProvider {
                    public int spiVersion() { return 0; }
                  }
                  """)
              .source("com.bad.Bad", source)
              .lists(ProviderJar.BACKENDS, "com.bad.Bad")
              .replacedBy(
                  "com.bad.Old",
                  """
                  package com.bad;
                  public abstract class Old implements io.diskwright.spi.backend.ImageBackendProvider {}
                  """);

      ProviderProblem problem = loadBetweenGoodOnes(compiled);

      assertThat(problem.message())
          .isEqualTo("spiVersion() is missing: compiled against another SPI version than 0");
    }
  }

  @Nested
  class Claims {
    @Test
    void anIdOfTwoProvidersBelongsToNeitherAndNamesBothJars() {
      Providers providers =
          load(
              jar("one.jar").backend("com.one.One", "same"),
              jar("other.jar").backend("com.other.Other", "other"),
              jar("two.jar").backend("com.two.Two", "same"));

      assertThat(ids(providers)).containsExactly("other");
      assertThat(providers.problems()).hasSize(1);
      assertThat(providers.problems().get(0).message())
          .contains("id (same)")
          .contains("com.one.One in " + path("one.jar"))
          .contains("com.two.Two in " + path("two.jar"));
    }

    @ParameterizedTest
    @CsvSource({"raw", "qcow2", "rbd", "lvm"})
    void ourOwnIdsAreRefusedToStrangers(String id) {
      ProviderProblem problem =
          loadBetweenGoodOnes(jar("thief.jar").backend("com.thief.Thief", id));

      assertThat(problem.id()).isEqualTo(id);
      assertThat(problem.jar()).isEqualTo(path("thief.jar"));
      assertThat(problem.message()).contains("id (%s)".formatted(id));
    }

    @Test
    void aStrangerCannotSpoilOurOwnBackend() {
      Providers providers =
          load(
              jar("thief.jar").backend("com.thief.Thief", "raw"),
              jar("ours.jar").backend("io.diskwright.test.Ours", "raw"));

      assertThat(ids(providers)).containsExactly("raw");
      assertThat(providers.backends().get(0).jar()).isEqualTo(path("ours.jar"));
    }

    @Test
    void aSchemeOfOneSourceIsFoundInAnyCase() {
      Providers providers = load(jar("a.jar").imageSource("com.a.A", "web", "Set.of(\"http\")"));

      assertThat(providers.sourceForScheme("HTTP")).get().extracting("id").isEqualTo("web");
      assertThat(providers.source("web")).isPresent();
      assertThat(providers.sourceForScheme("ftp")).isEmpty();
      assertThat(providers.schemes()).containsExactly("http");
    }

    @Test
    void aSchemeOfTwoSourcesBelongsToNeitherAndTheirOthersStay() {
      Providers providers =
          load(
              jar("a.jar").imageSource("com.a.A", "a", "Set.of(\"http\", \"a\")"),
              jar("b.jar").imageSource("com.b.B", "b", "Set.of(\"http\", \"b\")"));

      assertThat(providers.sourceForScheme("http")).isEmpty();
      assertThat(providers.sourceForScheme("a")).isPresent();
      assertThat(providers.sourceForScheme("b")).isPresent();
      assertThat(providers.problems().get(0).message())
          .contains("scheme (http)")
          .contains(path("a.jar"))
          .contains(path("b.jar"));
    }

    @ParameterizedTest
    @CsvSource({"null", "Set.of(\"HTTP\")", "Set.of(\"\")"})
    void aSourceWithoutProperSchemesIsLeftOut(String schemes) {
      Providers providers = load(jar("a.jar").imageSource("com.a.A", "a", schemes));

      assertThat(providers.sources()).isEmpty();
      assertThat(providers.problems()).hasSize(1);
      assertThat(providers.problems().get(0).jar()).isEqualTo(path("a.jar"));
    }
  }

  @Nested
  class AskingForABackend {
    @Test
    void givesTheOneWithThatId() throws Exception {
      Providers providers = load(jar("a.jar").backend("com.a.A", "alpha"));

      assertThat(providers.backend("alpha").jar()).isEqualTo(path("a.jar"));
    }

    @Test
    void thatIsMissingSaysWhatWasFoundWhatIsBrokenAndWhatToDo() {
      Providers providers =
          load(
              jar("a.jar").backend("com.a.A", "alpha"),
              jar("bad.jar").lists(ProviderJar.BACKENDS, "com.bad.Nowhere"),
              jar("probe.jar")
                  .backend("com.p.P", "gamma", "public Answer probe() { " + THROWS + " }"));

      assertThatThrownBy(() -> providers.backend("beta"))
          .isInstanceOf(DiskException.class)
          .hasMessageContaining("cannot use backend 'beta'")
          .hasMessageContaining("found: alpha")
          .hasMessageContaining(path("bad.jar") + ": com.bad.Nowhere: cannot be loaded")
          .hasMessageNotContaining("probe.jar")
          .hasMessageEndingWith("put its jar on the class path or into backends/")
          .extracting("reason")
          .isEqualTo(Reason.CONFIGURATION);
    }

    @Test
    void thatTwoClaimSaysSo() {
      Providers providers =
          load(
              jar("one.jar").backend("com.one.One", "same"),
              jar("two.jar").backend("com.two.Two", "same"));

      assertThatThrownBy(() -> providers.backend("same"))
          .hasMessageContaining("found: none")
          .hasMessageContaining(path("one.jar"))
          .hasMessageContaining(path("two.jar"));
    }
  }

  /** Keeps the providers of the build's own class path out of the tests. */
  private static final class WithoutServices extends ClassLoader {
    WithoutServices() {
      super(ProvidersTest.class.getClassLoader());
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      return name.startsWith("META-INF/services/")
          ? Collections.emptyEnumeration()
          : super.getResources(name);
    }
  }
}
