package io.diskwright.it.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.Images;
import io.diskwright.it.support.Program;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.error.Reason;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stranger's backend is a jar in a folder; a broken one harms nobody. */
class DroppedJarIT {
  private static final String SERVICES =
      "META-INF/services/io.diskwright.spi.backend.ImageBackendProvider";

  private static final String PROVIDER =
      """
      package com.stranger;

      import io.diskwright.spi.*;
      import io.diskwright.spi.backend.*;
      import io.diskwright.spi.call.Call;
      import io.diskwright.spi.config.ConfigKey;
      import io.diskwright.spi.error.DiskException;
      import io.diskwright.toolkit.copy.SparseCopy;
      import io.diskwright.toolkit.os.NativeFile;
      import io.diskwright.toolkit.pool.*;
      import java.io.IOException;
      import java.nio.file.Path;
      import java.util.*;

      public final class Provider implements ImageBackendProvider {
        static final ConfigKey<String> MOTTO = ConfigKey.text("motto", "What to say.").asRequired();

        public String id() { return "stranger"; }
        public int spiVersion() { return Spi.VERSION; }
        public List<ConfigKey<?>> configKeys() {
          List<ConfigKey<?>> keys = new ArrayList<>(FilePoolKeys.all());
          keys.add(MOTTO);
          return keys;
        }
        public Answer probe() { return Answer.ofYes(); }
        public ImageBackend open(PoolContext context) throws DiskException {
          return new Backend(FilePool.open(context, id()));
        }

        static final class Backend extends FileBackend {
          Backend(FilePool pool) { super(pool, DiskFormat.RAW); }
          public List<DiskFormat> baseFormats() { return List.of(DiskFormat.RAW); }
          public List<Way> ways() { return List.of(new Way("copy", Answer.ofYes())); }
          protected Made makeFromBase(
              Attempt attempt, DiskRequest request, BaseRecord base, Path baseFile, Call call)
              throws IOException {
            try (NativeFile source = NativeFile.openRead(baseFile)) {
              long moved = SparseCopy.copyData(source, attempt.file(), call);
              attempt.file().truncate(request.size());
              return new Made("copy", moved);
            }
          }
          protected void makeBlank(NativeFile file, DiskRequest request, Call call)
              throws IOException {
            file.truncate(request.size());
          }
          protected long virtualSize(Path file, long length) { return length; }
          protected Optional<String> grow(StoredDisk disk, long size, boolean open, Call call) {
            return Optional.empty();
          }
          protected Optional<Path> baseOf(Path disk) { return Optional.empty(); }
          protected List<Finding> checkMore() { return List.of(); }
          public <F extends Facet> Optional<F> facet(Class<F> type) { return Optional.empty(); }
        }
      }
      """;

  @TempDir Path home = Path.of("");
  private Path backends = Path.of("");
  private Program program;

  @BeforeEach
  void copyTheProgram() throws Exception {
    Path dist = home.resolve("dist");
    Tools.run("cp", "-r", Program.dist(), dist);
    backends = dist.resolve("backends");
    program = new Program(home, dist);
  }

  private void drop(String jar, String className, String source) throws IOException {
    Path work = Files.createTempDirectory(home, "classes");
    Path file = work.resolve("Source.java");
    String simple = className.substring(className.lastIndexOf('.') + 1);
    file = Files.writeString(file.resolveSibling(simple + ".java"), source);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    int status =
        compiler.run(
            null,
            null,
            null,
            "-proc:none",
            "--release",
            "17",
            "-cp",
            classPath(),
            "-d",
            work.toString(),
            file.toString());
    assertThat(status).isZero();
    Files.delete(file);
    pack(jar, work, className);
  }

  private String classPath() throws IOException {
    try (Stream<Path> jars = Files.list(backends.resolveSibling("lib"))) {
      return jars.map(Path::toString)
          .filter(jar -> jar.endsWith(".jar"))
          .collect(Collectors.joining(File.pathSeparator));
    }
  }

  private void pack(String jar, Path classes, String className) throws IOException {
    try (JarOutputStream target =
            new JarOutputStream(Files.newOutputStream(backends.resolve(jar)));
        Stream<Path> walk = Files.walk(classes)) {
      target.putNextEntry(new JarEntry(SERVICES));
      target.write((className + "\n").getBytes(UTF_8));
      for (Path file : (Iterable<Path>) walk.filter(Files::isRegularFile)::iterator) {
        target.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, target);
      }
    }
  }

  private static String broken(String name, String body) {
    return """
    package com.broken;
    import io.diskwright.spi.*;
    import io.diskwright.spi.backend.*;
    import io.diskwright.spi.config.ConfigKey;
    import java.util.List;
    public final class %s implements ImageBackendProvider {
      %s
      public String id() { return "broken"; }
      public int spiVersion() { return Spi.VERSION; }
      public List<ConfigKey<?>> configKeys() { return List.of(); }
      public Answer probe() { return Answer.ofYes(); }
      public ImageBackend open(PoolContext context) { throw new Error("never"); }
    }
    """
        .formatted(name, body);
  }

  @Test
  void itIsListedAndWorksByConfiguration() throws Exception {
    drop("stranger.jar", "com.stranger.Provider", PROVIDER);
    program.configured(
        "pools:",
        "  mine: {backend: stranger, path: mine, motto: hello}",
        "  local: {backend: qcow2, path: local}");

    assertThat(program.succeed("backend", "list")).contains("stranger.jar", "qcow2", "raw");
    program.succeed("disk", "create", "web-1", "--image", Images.HELLO_QCOW2, "--size", "20M");
    program.succeed("disk", "create", "web-1", "--image", Images.HELLO_RAW, "--pool", "local");

    assertThat(program.succeed("disk", "list")).contains("web-1");
    try (Stream<Path> files = Files.list(home.resolve("mine/disks"))) {
      Path disk = files.filter(file -> file.toString().endsWith(".raw")).findFirst().orElseThrow();
      Tools.assertSame(disk, "raw", Images.HELLO_RAW, "raw");
    }
    assertThat(program.fail(Reason.UNSUPPORTED, "disk", "flatten", "web-1")).contains("flatten");
  }

  @Test
  void itsKeysAreChecked() throws Exception {
    drop("stranger.jar", "com.stranger.Provider", PROVIDER);
    program.configured("pools:", "  mine: {backend: stranger, path: mine, moto: hello}");

    assertThat(program.fail(Reason.CONFIGURATION, "disk", "list")).contains("moto", "motto");
  }

  @Test
  void brokenJarsAreReportedAndHideNothing() throws Exception {
    Files.writeString(backends.resolve("a-no-jar.jar"), "this is no jar");
    drop(
        "b-throws.jar",
        "com.broken.Throws",
        broken("Throws", "public Throws() { throw new IllegalStateException(\"on purpose\"); }"));
    drop(
        "c-static.jar",
        "com.broken.Statics",
        broken("Statics", "static final int X = Integer.parseInt(\"on purpose\");"));
    pack("d-missing.jar", Files.createTempDirectory(home, "none"), "com.broken.Missing");
    drop("z-stranger.jar", "com.stranger.Provider", PROVIDER);

    Tools.Result list = program.run("backend", "list");

    assertThat(list.output()).contains("qcow2", "raw", "z-stranger.jar");
    assertThat(list.output() + list.error())
        .contains("b-throws.jar", "c-static.jar", "d-missing.jar", "on purpose")
        .doesNotContain("\tat ");
    program.succeed("disk", "create", "web-1", "--image", Images.HELLO_QCOW2);
  }

  @Test
  void twoOfOneNameAreAnErrorThatNamesBoth() throws Exception {
    drop("one.jar", "com.stranger.Provider", PROVIDER);
    drop("two.jar", "com.other.Provider", PROVIDER.replace("com.stranger", "com.other"));
    program.configured("pools:", "  mine: {backend: stranger, path: mine, motto: hello}");

    Tools.Result list = program.run("backend", "list");
    Tools.Result use = program.run("disk", "list");

    assertThat(list.output() + list.error()).contains("one.jar", "two.jar");
    assertThat(use.status()).isEqualTo(Reason.CONFIGURATION.exitCode());
    assertThat(use.error()).contains("one.jar", "two.jar");
    assertThat(List.of(home.resolve("mine"))).noneMatch(Files::exists);
  }
}
