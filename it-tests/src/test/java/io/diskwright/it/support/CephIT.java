package io.diskwright.it.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code it-tests/env ceph}: what it says of a cluster that is there, in part or not at all. */
class CephIT {
  private static final Path ENV = Path.of("env").toAbsolutePath();

  @TempDir Path parent;

  private Tools.Result env(String action) throws Exception {
    return Tools.run(
        new ProcessBuilder(List.of(ENV.toString(), "ceph", action, folder().toString())));
  }

  private Path folder() {
    return parent.resolve("ceph");
  }

  @AfterEach
  void down() throws Exception {
    env("down");
  }

  private List<ProcessHandle> daemons() throws IOException {
    String conf = folder().resolve("ceph.conf").toString();
    return ProcessHandle.allProcesses()
        .filter(
            process ->
                process
                    .info()
                    .arguments()
                    .filter(arguments -> List.of(arguments).contains(conf))
                    .isPresent())
        .toList();
  }

  private String pid(String daemon) throws IOException {
    return Files.readString(folder().resolve("run/" + daemon + ".pid")).strip();
  }

  @Test
  void leavesNothingWhateverWasDoneToIt() throws Exception {
    Tools.Result up = env("up");
    assertThat(up.status()).as("%s", up).isZero();
    assertThat(daemons()).hasSize(3);
    assertThat(folder().resolve("diskwright.yaml")).content().contains("backend: rbd, pool: vms");

    Tools.Result again = env("up");
    assertThat(again.status()).as("%s", again).isZero();
    assertThat(again.error()).contains("is up already");

    Tools.run("kill", "-STOP", pid("mon.a"));
    Tools.run("kill", "-KILL", pid("osd.0"));
    Tools.Result half = env("up");
    assertThat(half.status()).isNotZero();
    assertThat(half.error()).contains("(ceph-osd) does not run", "env ceph down");

    Tools.Result down = env("down");
    assertThat(down.status()).as("%s", down).isZero();
    assertThat(daemons()).isEmpty();
    try (Stream<Path> left = Files.list(parent)) {
      assertThat(left).isEmpty();
    }
    assertThat(env("down").error()).contains("nothing to take down");
  }

  @Test
  void touchesNothingInAFolderOfOthers() throws Exception {
    Path file = Files.createDirectory(folder()).resolve("file");
    Files.writeString(file, "mine");

    Tools.Result up = env("up");

    assertThat(up.status()).isNotZero();
    assertThat(up.error()).contains("was not made by it-tests/env");
    assertThat(file).hasContent("mine");
  }
}
