package io.diskwright.it.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.Tools;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs Jazzer, guided by coverage, on each target: for some seconds, or as many as {@code
 * it-tests/fuzz} is told. It begins with images that QEMU and the tests make.
 */
class FuzzIT {
  private static final Logger LOG = LoggerFactory.getLogger(FuzzIT.class);
  private static final int SECONDS = Integer.getInteger("diskwright.fuzz.seconds", 5);
  private static final Pattern RUNS = Pattern.compile("Done ([0-9]+) runs");
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  @TempDir Path folder = Path.of("");

  private static String classPath() {
    List<String> modules = List.of("core", "toolkit", "image-sources");
    return Stream.concat(
            Stream.of(System.getProperty("java.class.path")),
            modules.stream()
                .map(module -> Path.of("..", module, "target/test-classes"))
                .map(path -> path.toAbsolutePath().normalize().toString()))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Images of every format, each behind a zero byte, as the target for images takes them. */
  private void seeds(Path corpus) throws Exception {
    String maker = "io.diskwright.core.inspect.FuzzSeeds";
    Tools.Result made =
        Tools.run(new ProcessBuilder(JAVA, "-cp", classPath(), maker, corpus.toString()));
    assertThat(made.status()).as("%s", made).isZero();
    Path image = folder.resolve("image");
    for (String format : List.of("qcow2", "vmdk", "vpc", "vdi", "vhdx", "qed", "raw")) {
      Tools.run("qemu-img", "create", "-q", "-f", format, image, "1M");
      byte[] bytes = Files.readAllBytes(image);
      byte[] seed = new byte[Math.min(bytes.length, 64 * 1024) + 1];
      System.arraycopy(bytes, 0, seed, 1, seed.length - 1);
      Files.write(corpus.resolve("qemu-" + format), seed);
      Files.delete(image);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "io.diskwright.core.inspect.InspectorFuzz",
        "io.diskwright.core.inspect.Qcow2HeaderFuzz",
        "io.diskwright.core.inspect.Qcow2ContentFuzz",
        "io.diskwright.core.inspect.VmdkDescriptorFuzz",
        "io.diskwright.core.fill.GzipStreamFuzz",
        "io.diskwright.core.source.ImageReferenceFuzz",
        "io.diskwright.toolkit.record.RecordTextFuzz",
      })
  void nothingIsFound(String target) throws Exception {
    Path corpus = Files.createDirectory(folder.resolve("corpus"));
    seeds(corpus);

    Run run = fuzz(target, corpus, SECONDS);

    assertThat(run.status()).as("%s found something: %s", target, run.said()).isZero();
    Matcher runs = RUNS.matcher(run.said());
    assertThat(runs.find()).as("%s: %s", target, run.said()).isTrue();
    LOG.info("{}: {} executions in {} s, nothing found", target, runs.group(1), SECONDS);
    assertThat(Long.parseLong(runs.group(1))).isPositive();
  }

  @Test
  void somethingWouldBeFound() throws Exception {
    Run run = fuzz(Planted.class.getName(), Files.createDirectory(folder.resolve("corpus")), 120);

    assertThat(run.status()).as(run.said()).isNotZero();
    assertThat(run.said()).contains("planted");
  }

  /** How a run ended. */
  private record Run(int status, String said) {}

  private Run fuzz(String target, Path corpus, int seconds)
      throws IOException, InterruptedException {
    Path said = folder.resolve("said");
    List<String> command =
        new ArrayList<>(
            Arrays.asList(
                JAVA,
                "-Xmx512m",
                "-cp",
                classPath(),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target,
                "--instrumentation_includes=io.diskwright.**",
                "--reproducer_path=" + folder,
                "-artifact_prefix=" + found(),
                "-max_total_time=" + seconds,
                "-rss_limit_mb=0",
                corpus.toString()));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      assertThat(process.waitFor(seconds + 300L, TimeUnit.SECONDS)).as("it ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Run(process.exitValue(), Files.readString(said));
  }

  /** What is found is kept, to become a test. */
  private static String found() throws IOException {
    return Files.createDirectories(Path.of("target/fuzz")).toAbsolutePath() + "/";
  }
}
