package io.diskwright.it.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code it-tests/env libvirt}: each is on its own, and goes with its machines. */
class LibvirtIT {
  private static final Path ENV = Path.of("env").toAbsolutePath();
  private static final String MACHINE =
      """
      <domain type='qemu'>
        <name>machine</name>
        <memory unit='MiB'>64</memory>
        <os><type arch='x86_64' machine='pc'>hvm</type></os>
      </domain>
      """;

  @TempDir Path xmls = Path.of("");
  private Path parent = Path.of("");

  /** The names of sockets are short: JUnit's folders would be too long. */
  @BeforeEach
  void makeParent() throws IOException {
    parent = Files.createTempDirectory("lv");
  }

  @AfterEach
  void down() throws Exception {
    for (String name : List.of("one", "two")) {
      env(name, "down");
    }
    Files.delete(parent); // fails when anything is left
  }

  private Tools.Result env(String name, String action) throws Exception {
    return Tools.run(
        new ProcessBuilder(
            List.of(ENV.toString(), "libvirt", action, parent.resolve(name).toString())));
  }

  private String up(String name) throws Exception {
    Tools.Result up = env(name, "up");
    assertThat(up.status()).as("%s", up).isZero();
    return Files.readString(parent.resolve(name).resolve("uri")).strip();
  }

  private static String virsh(String uri, Object... arguments) throws Exception {
    return Tools.run(
        "virsh", Stream.concat(Stream.of("-q", "-c", uri), Stream.of(arguments)).toArray());
  }

  /** The processes that name a folder: the daemon, and its machines. */
  private List<ProcessHandle> processes(String name) {
    String folder = parent.resolve(name).toString();
    return ProcessHandle.allProcesses().filter(process -> isOf(process, folder)).toList();
  }

  private static boolean isOf(ProcessHandle process, String folder) {
    try {
      Path files = Path.of("/proc", Long.toString(process.pid()));
      return Files.readString(files.resolve("cmdline"), ISO_8859_1).contains(folder);
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  @Test
  void leavesNothingWhateverWasDoneToIt() throws Exception {
    String one = up("one");
    String two = up("two");
    assertThat(env("one", "up").error()).contains("is up already");
    Path xml = Files.writeString(xmls.resolve("machine.xml"), MACHINE);
    virsh(one, "create", xml);
    assertThat(virsh(one, "list", "--name")).contains("machine");
    assertThat(virsh(two, "list", "--name")).doesNotContain("machine");
    assertThat(processes("one")).hasSize(2);

    Tools.run("kill", "-KILL", Files.readString(parent.resolve("one/run/libvirtd.pid")).strip());
    Tools.Result half = env("one", "up");
    assertThat(half.status()).isNotZero();
    assertThat(half.error()).contains("(libvirtd) does not run", "env libvirt down");

    Tools.Result down = env("one", "down");
    assertThat(down.status()).as("%s", down).isZero();
    assertThat(processes("one")).isEmpty();
    assertThat(parent.resolve("one")).doesNotExist();
    assertThat(virsh(two, "list", "--all", "--name")).isBlank();
    assertThat(env("one", "down").error()).contains("nothing to take down");
  }

  @Test
  void touchesNothingInAFolderOfOthers() throws Exception {
    Path file = Files.writeString(xmls.resolve("file"), "mine");

    Tools.Result up =
        Tools.run(new ProcessBuilder(List.of(ENV.toString(), "libvirt", "up", xmls.toString())));

    assertThat(up.status()).isNotZero();
    assertThat(up.error()).contains("was not made by it-tests/env");
    assertThat(file).hasContent("mine");
  }
}
