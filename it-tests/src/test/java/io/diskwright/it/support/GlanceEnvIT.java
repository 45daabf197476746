package io.diskwright.it.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code it-tests/env glance} without Keystone: what it leaves leads to it, and goes with it. */
class GlanceEnvIT {
  private static final Path ENV = Path.of("env").toAbsolutePath();

  @TempDir Path parent;

  private Tools.Result env(String action, Map<String, String> variables) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(List.of(ENV.toString(), "glance", action, folder().toString()));
    builder.environment().putAll(variables);
    return Tools.run(builder);
  }

  private Path folder() {
    return parent.resolve("glance");
  }

  @AfterEach
  void down() throws Exception {
    Tools.Result unused = env("down", Map.of());
  }

  private List<ProcessHandle> processes() {
    String conf = folder().resolve("conf/glance-api.conf").toString();
    return ProcessHandle.allProcesses()
        .filter(each -> List.of(each.info().arguments().orElse(new String[0])).contains(conf))
        .toList();
  }

  @Test
  void aProgramIsLedToItUntilItIsDown() throws Exception {
    Tools.Result up = env("up", Map.of());
    assertThat(up.status()).as("%s", up).isZero();
    assertThat(processes()).isNotEmpty();
    assertThat(env("up", Map.of()).error()).contains("is up already");
    String url = "http://127.0.0.1:" + Files.readString(folder().resolve("port")).strip();
    String id =
        Tools.run(
                "curl",
                "-sf",
                url + "/v2/images",
                "-HContent-Type: application/json",
                "-d{\"name\": \"hello\", \"disk_format\": \"raw\", \"container_format\": \"bare\"}")
            .replaceAll("(?s).*\"id\": *\"([0-9a-f-]{36})\".*", "$1");
    String unused =
        Tools.run(
            "curl",
            "-sf",
            "-T",
            Images.HELLO_RAW,
            "-HContent-Type: application/octet-stream",
            url + "/v2/images/" + id + "/file");

    Program program =
        new Program(parent)
            .with("DISKWRIGHT_CONFIG", folder().resolve("diskwright.yaml").toString());
    assertThat(program.succeed("disk", "create", "web-1", "--image", "glance:hello", "-q"))
        .contains("web-1");
    assertThat(program.succeed("base", "list")).contains("glance:" + id);

    Tools.Result down = env("down", Map.of());
    assertThat(down.status()).as("%s", down).isZero();
    assertThat(processes()).isEmpty();
    assertThat(folder()).doesNotExist();
    assertThat(env("down", Map.of()).error()).contains("nothing to take down");
  }

  @Test
  void whatItIsToStandOnMustBeUp() throws Exception {
    Tools.Result up = env("up", Map.of("GLANCE_KEYSTONE", parent.toString()));

    assertThat(up.status()).isNotZero();
    assertThat(up.error()).contains("no Keystone is up");
    try (Stream<Path> left = Files.list(parent)) {
      assertThat(left).isEmpty();
    }
  }
}
