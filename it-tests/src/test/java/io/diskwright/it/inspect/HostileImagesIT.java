package io.diskwright.it.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.PoolScan;
import io.diskwright.it.support.Program;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hostile images are refused before any tool is near them: strace sees every program that starts.
 */
class HostileImagesIT {
  @TempDir Path home = Path.of("");
  private Path images = Path.of("");

  @BeforeEach
  void prepare() throws IOException {
    images = Files.createDirectory(home.resolve("images"));
  }

  private Path trace() {
    return home.resolve("trace");
  }

  private String[] traced() {
    String strace = Tools.require("strace").toString();
    return new String[] {
      strace, "-f", "--seccomp-bpf", "-e", "trace=execve,execveat", "-o", trace().toString()
    };
  }

  /** Returns which programs have started. */
  private List<String> started() throws IOException {
    try (Stream<String> lines = Files.lines(trace())) {
      return lines.filter(line -> line.contains("exec") && line.contains("= 0")).toList();
    }
  }

  private Collection<Map.Entry<Path, String>> oneOfEachKind() throws Exception {
    Map<String, Map.Entry<Path, String>> kinds = new TreeMap<>();
    for (Map.Entry<Path, String> file : HostileFiles.in(images).entrySet()) {
      String name = file.getKey().toString();
      kinds.putIfAbsent(name.substring(name.lastIndexOf('.') + 1), file);
    }
    return kinds.values();
  }

  @Test
  void theProgramRefusesEachWithItsReasonAndStartsNothing() throws Exception {
    Program program = new Program(home).through(traced());
    for (Map.Entry<Path, String> file : oneOfEachKind()) {
      assertThat(
              program.fail(
                  Reason.IMAGE_UNACCEPTABLE, "disk", "create", "disk", "--image", file.getKey()))
          .as("%s", file.getKey())
          .contains(file.getValue());
      assertThat(started()).as("%s", file.getKey()).isNotEmpty().noneMatch(this::isTool);
    }
    assertThat(Reason.IMAGE_UNACCEPTABLE.exitCode()).isEqualTo(8);
    assertNothingIsIn(program.defaultPool());
  }

  @Test
  void theProgramInspectsEachAndStartsNothing() throws Exception {
    Program program = new Program(home).through(traced());
    for (Map.Entry<Path, String> file : oneOfEachKind()) {
      Tools.Result result = program.run("image", "inspect", file.getKey(), "--output", "json");

      assertThat(result.status()).as("%s: %s", file.getKey(), result).isEqualTo(8);
      String told = result.output() + result.error();
      assertThat(told).as("%s", file.getKey()).contains(file.getValue());
      assertThat(started()).as("%s", file.getKey()).isNotEmpty().noneMatch(this::isTool);
    }
  }

  /** Java, how it starts programs, and what JNA asks once for where libraries are. */
  private boolean isJava(String line) {
    return line.matches(".* execve\\(\"[^\"]*/(java|jspawnhelper|ldconfig)\".*");
  }

  private boolean isTool(String line) {
    return line.contains("/qemu-");
  }

  @Test
  void theLibraryRefusesEachWithItsReasonAndStartsNothing() throws Exception {
    Map<Path, String> files = HostileFiles.in(images);
    Path list = home.resolve("list");
    Files.write(list, files.keySet().stream().map(Path::toString).toList());
    Path pool = home.resolve("pool");

    List<String> said = new ArrayList<>(useLibrary(pool, list));

    assertThat(started()).isNotEmpty().allMatch(this::isJava);
    assertThat(said.remove(said.size() - 1)).isEqualTo("0 disks");
    assertThat(said).hasSize(files.size());
    for (Map.Entry<Path, String> file : files.entrySet()) {
      assertThat(said.remove(0))
          .as("%s", file.getKey())
          .startsWith("IMAGE_UNACCEPTABLE ")
          .contains(file.getValue());
    }
    assertNothingIsIn(pool);
  }

  private List<String> useLibrary(Path pool, Path list) throws Exception {
    List<String> command = new ArrayList<>(List.of(traced()));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(LibraryUser.class.getName(), pool.toString(), list.toString()));
    Tools.Result result = Tools.run(new ProcessBuilder(command));
    assertThat(result.status()).as("%s", result).isZero();
    return result.output().lines().toList();
  }

  private static void assertNothingIsIn(Path pool) throws IOException {
    assertThat(PoolScan.leftOvers(pool)).isEmpty();
    assertThat(PoolScan.baseFiles(pool)).isEmpty();
  }

  @Test
  void aToolThatStartsIsSeen() throws Exception {
    Path image = ImageFile.create(images, "vmdk", "2M").write(home.resolve("good.vmdk"));
    Program program = new Program(home).through(traced());

    String unused = program.succeed("disk", "create", "disk", "--image", image);

    assertThat(started()).anyMatch(this::isTool);
  }
}
