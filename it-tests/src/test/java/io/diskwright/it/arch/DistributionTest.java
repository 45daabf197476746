package io.diskwright.it.arch;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.backend.ImageBackendProvider;
import io.diskwright.spi.image.ImageSourceProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The jars as they are shipped; what ArchUnit cannot see in classes. */
class DistributionTest {
  private static final Path DIST =
      Path.of(System.getProperty("diskwright.dist", "../cli/target/diskwright"));
  private static final String BACKEND = "META-INF/services/" + ImageBackendProvider.class.getName();
  private static final String SOURCE = "META-INF/services/" + ImageSourceProvider.class.getName();

  /** {@code mvn test} alone makes no distribution; {@code mvn verify} does, before this module. */
  @BeforeAll
  static void distributionIsBuilt() {
    assertThat(DIST).as("the distribution: run mvn verify").isDirectory();
  }

  private static List<Path> jars(String folder) throws IOException {
    try (Stream<Path> files = Files.list(DIST.resolve(folder))) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
  }

  private static List<Path> ours() throws IOException {
    return Stream.concat(jars("lib").stream(), jars("backends").stream())
        .filter(jar -> jar.getFileName().toString().startsWith("diskwright-"))
        .toList();
  }

  @Test
  @DisplayName("each plug-in's jar names its provider in a services file, and has that class")
  void eachPlugInNamesItsProvider() throws IOException {
    assertThat(jars("backends")).hasSizeGreaterThanOrEqualTo(4);
    for (Path jar : jars("backends")) {
      boolean backend = jar.getFileName().toString().startsWith("diskwright-backend-");
      String service = backend ? BACKEND : SOURCE;
      try (JarFile file = new JarFile(jar.toFile())) {
        JarEntry entry = file.getJarEntry(service);
        assertThat(entry).as("%s in %s", service, jar).isNotNull();
        List<String> providers = lines(file, entry);
        assertThat(providers).as("providers of %s", jar).isNotEmpty();
        for (String provider : providers) {
          assertThat(file.getJarEntry(provider.replace('.', '/') + ".class"))
              .as("%s in %s", provider, jar)
              .isNotNull();
        }
      }
    }
  }

  private static List<String> lines(JarFile file, JarEntry entry) throws IOException {
    try (InputStream text = file.getInputStream(entry)) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .toList();
    }
  }

  @Test
  @DisplayName("each of our jars has a module name of its own, which its packages begin with")
  void eachJarHasAModuleName() throws IOException {
    Set<String> names = new HashSet<>();
    assertThat(ours()).hasSizeGreaterThanOrEqualTo(8);
    for (Path jar : ours()) {
      try (JarFile file = new JarFile(jar.toFile())) {
        String module = file.getManifest().getMainAttributes().getValue("Automatic-Module-Name");
        assertThat(module).as("module name of %s", jar).startsWith("io.diskwright.");
        assertThat(names.add(module)).as("%s is the name of one jar only", module).isTrue();
        String folder = module.replace('.', '/') + '/';
        assertThat(file.stream().map(JarEntry::getName).filter(name -> name.endsWith(".class")))
            .as("classes of %s", jar)
            .isNotEmpty()
            .allMatch(name -> name.startsWith(folder));
      }
    }
  }

  @Test
  @DisplayName("backends and image sources are plug-ins: none is among the program's own jars")
  void backendsAndImageSourcesArePlugIns() throws IOException {
    for (Path jar : jars("lib")) {
      try (JarFile file = new JarFile(jar.toFile())) {
        assertThat(file.getJarEntry(BACKEND)).as("%s in %s", BACKEND, jar).isNull();
        JarEntry sources = file.getJarEntry(SOURCE); // core has the source of local files
        assertThat(sources == null ? List.of() : lines(file, sources))
            .as("%s in %s", SOURCE, jar)
            .allMatch(provider -> provider.startsWith("io.diskwright.core."));
      }
    }
  }
}
