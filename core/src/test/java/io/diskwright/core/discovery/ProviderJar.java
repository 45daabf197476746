package io.diskwright.core.discovery;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.diskwright.spi.Spi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Builds a real jar of providers from Java source, so that a real class loader can read it. */
final class ProviderJar {
  static final String BACKENDS = "META-INF/services/io.diskwright.spi.backend.ImageBackendProvider";
  static final String SOURCES = "META-INF/services/io.diskwright.spi.image.ImageSourceProvider";

  private final Path file;
  private final Map<String, String> sources = new LinkedHashMap<>();
  private final Map<String, String> resources = new LinkedHashMap<>();
  private final Map<String, UnaryOperator<byte[]>> changes = new LinkedHashMap<>();
  private final Set<String> left = new HashSet<>();
  private final Map<String, String> replacements = new LinkedHashMap<>();
  private String version = "";

  ProviderJar(Path file) {
    this.file = file;
  }

  /** Adds a backend provider with an id, written as a stranger would. */
  ProviderJar backend(String className, String id) {
    return backend(className, id, "");
  }

  /** Adds a backend provider whose body begins with {@code members}; these replace its methods. */
  ProviderJar backend(String className, String id, String members) {
    return source(className, backendSource(className, id, members)).lists(BACKENDS, className);
  }

  /** Adds an image source provider. */
  ProviderJar imageSource(String className, String id, String schemes) {
    String text =
        header(className)
            + "public class %s implements ImageSourceProvider {%n".formatted(simple(className))
            + common(id, "")
            + "  public Set<String> schemes() { return %s; }%n".formatted(schemes)
            + "  public ImageSource open(Settings settings) { return null; }%n}%n".formatted();
    return source(className, text).lists(SOURCES, className);
  }

  ProviderJar source(String className, String text) {
    sources.put(className, text);
    return this;
  }

  /** Adds a line to a services file. */
  ProviderJar lists(String services, String line) {
    resources.merge(services, line + "\n", String::concat);
    return this;
  }

  ProviderJar version(String text) {
    version = text;
    return this;
  }

  /** Leaves a compiled class out of the jar. */
  ProviderJar without(String className) {
    left.add(entry(className));
    return this;
  }

  /** Makes a class file look as if compiled for a Java that is not there yet. */
  ProviderJar forNewerJava(String className) {
    changes.put(
        entry(className),
        bytes -> {
          bytes[7] = (byte) 200;
          return bytes;
        });
    return this;
  }

  /** Compiles everything, and then this class again from another source. */
  ProviderJar replacedBy(String className, String text) {
    replacements.put(className, text);
    return this;
  }

  Path build() {
    try {
      Path classes = Files.createTempDirectory(file.getParent(), "classes");
      compile(sources, classes);
      compile(replacements, classes);
      pack(classes);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String backendSource(String className, String id, String members) {
    String text = header(className);
    text += "public class %s implements ImageBackendProvider {%n".formatted(simple(className));
    text += members + common(id, members);
    text += "  public ImageBackend open(PoolContext context) { return null; }%n}%n".formatted();
    return text;
  }

  private static String header(String className) {
    return """
        package %s;
        import io.diskwright.spi.*;
        import io.diskwright.spi.backend.*;
        import io.diskwright.spi.config.*;
        import io.diskwright.spi.image.*;
        import java.util.*;
        """
        .formatted(className.substring(0, className.lastIndexOf('.')));
  }

  private static String common(String id, String members) {
    List<String> methods =
        List.of(
            "public String id() { return \"" + id + "\"; }",
            "public int spiVersion() { return Spi.VERSION; }",
            "public List<ConfigKey<?>> configKeys() { return List.of(); }",
            "public Answer probe() { return Answer.ofYes(); }");
    StringBuilder text = new StringBuilder();
    for (String method : methods) {
      String signature = method.substring(0, method.indexOf('{'));
      if (!members.contains(signature)) {
        text.append("  ").append(method).append('\n');
      }
    }
    return text.toString();
  }

  private static String simple(String className) {
    return className.substring(className.lastIndexOf('.') + 1);
  }

  private static String entry(String className) {
    return className.replace('.', '/') + ".class";
  }

  private static void compile(Map<String, String> texts, Path classes) throws IOException {
    if (texts.isEmpty()) {
      return;
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<JavaFileObject> units = new ArrayList<>();
    texts.forEach((className, text) -> units.add(new Source(className, text)));
    List<String> options =
        List.of(
            "-d",
            classes.toString(),
            "-proc:none",
            "-nowarn",
            "-classpath",
            JarLocation.of(Spi.class).orElseThrow());
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, UTF_8)) {
      if (!compiler.getTask(null, files, null, options, null, units).call()) {
        throw new IllegalArgumentException("sources must compile: " + texts);
      }
    }
  }

  private void pack(Path classes) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    if (!version.isEmpty()) {
      manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, version);
    }
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file), manifest);
        Stream<Path> compiled = Files.walk(classes)) {
      for (Path path : compiled.filter(Files::isRegularFile).sorted().toList()) {
        String name = classes.relativize(path).toString();
        if (!left.contains(name)) {
          UnaryOperator<byte[]> change = changes.getOrDefault(name, UnaryOperator.identity());
          add(jar, name, change.apply(Files.readAllBytes(path)));
        }
      }
      for (Map.Entry<String, String> resource : resources.entrySet()) {
        add(jar, resource.getKey(), resource.getValue().getBytes(UTF_8));
      }
    }
  }

  private static void add(JarOutputStream jar, String name, byte[] bytes) throws IOException {
    jar.putNextEntry(new JarEntry(name));
    jar.write(bytes);
    jar.closeEntry();
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String className, String text) {
      super(URI.create("string:///" + className.replace('.', '/') + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
