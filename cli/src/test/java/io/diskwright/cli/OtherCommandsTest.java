package io.diskwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherCommandsTest {
  @TempDir private Path folder;
  private Cli cli;

  @BeforeEach
  void begin() throws IOException {
    cli = new Cli(folder);
  }

  @Test
  void inspectOfASafeImageEndsWith0() throws IOException {
    Cli.Result text = cli.run("image", "inspect", cli.image());
    Cli.Result json = cli.run("image", "inspect", cli.image(), "--output", "json");

    assertThat(text.exitCode()).isZero();
    assertThat(text.out()).containsPattern("format +raw\n").containsPattern("safe +yes\n");
    assertThat(json.exitCode()).isZero();
    assertThat(json.json())
        .containsOnlyKeys(
            "schema", "image", "format", "detected", "virtualSize", "safe", "reasons", "features")
        .containsEntry("format", "raw")
        .containsEntry("detected", "mbr")
        .containsEntry("virtualSize", (long) Cli.IMAGE_SIZE)
        .containsEntry("safe", true)
        .containsEntry("reasons", List.of())
        .containsEntry("features", List.of("mbr"));
  }

  @Test
  void inspectOfAnUnsafeImageGivesTheVerdictOnStdoutAndEndsWith8() throws IOException {
    String image = cli.write("text", "no image").toString();

    Cli.Result result = cli.run("image", "inspect", image, "--output", "json");

    assertThat(result.exitCode()).isEqualTo(8);
    assertThat(result.err()).isEmpty();
    assertThat(result.json())
        .containsEntry("format", null)
        .containsEntry("virtualSize", null)
        .containsEntry("safe", false);
    assertThat(result.json().get("reasons")).isNotEqualTo(List.of());
    assertThat(cli.run("image", "inspect", image).out()).containsPattern("safe +no\n");
  }

  @Test
  void inspectJudgesWhatTheSourceRefusesToo() throws IOException {
    String empty = cli.write("empty", "").toString();

    Cli.Result result = cli.run("image", "inspect", empty);

    assertThat(result.exitCode()).isEqualTo(8);
    assertThat(result.out()).contains("the file is empty");
  }

  @Test
  void inspectRefusesAnImageThatIsNotWhatIsDeclared() throws IOException {
    Cli.Result result = cli.run("image", "inspect", cli.image(), "--format", "qcow2");

    assertThat(result.exitCode()).isEqualTo(8);
    assertThat(result.out()).contains("it is declared as qcow2 and is raw");
  }

  @Test
  void basesArePulledListedAndEvictedByTheirFirstDigits() throws IOException {
    Map<String, Object> pulled =
        Json.in(cli.run("image", "pull", cli.image(), "--output", "json").json(), "base");
    assertThat(pulled)
        .containsOnlyKeys(
            "key",
            "format",
            "length",
            "virtualSize",
            "image",
            "imageFormat",
            "verified",
            "checksum",
            "storageId",
            "createdAt");
    String key = (String) pulled.get("key");

    assertThat(cli.run("image", "pull", folder + "/image.raw").out()).contains(key);
    assertThat(cli.run("base", "list").out()).contains(key.substring(0, 12) + "  1 MiB ");
    assertThat(Json.listIn(cli.run("base", "list", "--output", "json").json(), "bases"))
        .singleElement()
        .satisfies(
            base -> {
              assertThat(base).containsAllEntriesOf(pulled).hasSize(pulled.size() + 4);
              assertThat(base).containsEntry("pinned", false).containsEntry("users", List.of());
              assertThat(base).containsKeys("allocated", "lastUsedAt");
            });
    Cli.Result evicted = cli.run("base", "evict", key.substring(0, 6), "--output", "json");
    assertThat(evicted.json()).containsEntry("key", key).containsEntry("result", "removed");
    assertThat(cli.run("base", "evict", key).out()).isEqualTo("base " + key + " was not there\n");
    assertThat(cli.run("base", "evict", key.substring(0, 6)).exitCode()).isEqualTo(3);
    assertThat(cli.run("base", "evict", key.substring(0, 5)).exitCode()).isEqualTo(2);
  }

  @Test
  void basesAreVerifiedAndADamagedOneEndsWithItsOwnExitCode() throws IOException {
    Map<String, Object> base =
        Json.in(cli.run("image", "pull", cli.image(), "--output", "json").json(), "base");
    String key = (String) base.get("key");
    Cli.Result sound = cli.run("base", "verify", "--output", "json");
    assertThat(sound.exitCode()).isZero();
    assertThat(Json.listIn(sound.json(), "bases"))
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one).containsOnlyKeys("key", "image", "state", "detail");
              assertThat(one).containsEntry("key", key).containsEntry("state", "sound");
            });
    String id = (String) base.get("storageId");
    Path file = folder.resolve("pool/bases").resolve(id.substring(0, id.lastIndexOf('#')));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Files.write(file, new byte[Cli.IMAGE_SIZE]);

    Cli.Result damaged = cli.run("base", "verify", key.substring(0, 8));

    assertThat(damaged.exitCode()).isEqualTo(15);
    assertThat(damaged.out())
        .contains("damaged")
        .contains("reads otherwise")
        .contains("base evict KEY");
    assertThat(cli.run("base", "verify", "0".repeat(64)).exitCode()).isEqualTo(3);
  }

  @Test
  void basesArePinnedAndPruned() throws IOException {
    Map<String, Object> base =
        Json.in(cli.run("image", "pull", cli.image(), "--output", "json").json(), "base");
    String key = (String) base.get("key");
    List<String> all = List.of("base", "prune", "--unused-for", "0s", "--min-age", "0s");

    assertThat(cli.run("base", "prune").out()).contains("stays: it was made less than 1h ago");
    assertThat(cli.run("base", "pin", key.substring(0, 6)).out()).contains("is pinned");
    assertThat(cli.run("base", "list").out()).contains("  yes  ");
    assertThat(cli.run(all.toArray(String[]::new)).out())
        .contains("stays: it is pinned")
        .contains("gone 0 (0 B), stay 1");
    assertThat(cli.run("base", "unpin", key, "--output", "json").json())
        .containsEntry("pinned", false);
    List<String> dry = new ArrayList<>(all);
    dry.addAll(List.of("--dry-run", "--output", "json"));
    Map<String, Object> planned = cli.run(dry.toArray(String[]::new)).json();
    assertThat(planned)
        .containsOnlyKeys("schema", "pool", "dryRun", "freed", "gone", "kept")
        .containsEntry("dryRun", true);
    assertThat(Json.listIn(planned, "gone")).hasSize(1);
    assertThat(cli.run("base", "list").out().lines()).hasSize(2);
    assertThat(cli.run(all.toArray(String[]::new)).out())
        .contains("gone 1 (")
        .contains("), stay 0");
    assertThat(cli.run("base", "list").out().lines()).hasSize(1);
  }

  @Test
  void planSaysWhatWouldBeDoneAndDoesNothing() throws IOException {
    Cli.Result text = cli.run("plan", "a", "--image", cli.image());
    Map<String, Object> json =
        cli.run("plan", "a", "--image", folder + "/image.raw", "--output", "json").json();

    assertThat(text.exitCode()).isZero();
    assertThat(text.out()).containsPattern("plan +copy .*, at most 1 MiB\n");
    assertThat(json)
        .containsOnlyKeys("schema", "name", "pool", "exists", "steps", "refusals")
        .containsEntry("exists", false);
    assertThat(Json.listIn(json, "steps"))
        .isNotEmpty()
        .allSatisfy(step -> assertThat(step).containsOnlyKeys("name", "detail", "bytes"));
    assertThat(cli.run("disk", "list").out().lines()).hasSize(1);
    assertThat(cli.run("base", "list").out().lines()).hasSize(1);
  }

  @Test
  void planOfWhatIsThereIsNothingToDo() {
    cli.run("disk", "create", "a", "--blank", "--size", "1M");

    assertThat(cli.run("plan", "a", "--blank", "--size", "1M").out())
        .contains("nothing to do: it is already there");
  }

  @Test
  void poolListOpensNoPool() {
    Cli.Result result = cli.run("pool", "list");

    assertThat(result.out().lines())
        .containsExactly("NAME   BACKEND  DEFAULT", "local  raw      yes", "other  raw");
    assertThat(folder.resolve("pool")).doesNotExist();
    assertThat(Json.listIn(cli.run("pool", "list", "--output", "json").json(), "pools"))
        .element(1)
        .isEqualTo(Map.of("name", "other", "backend", "raw", "default", false));
  }

  @Test
  void poolShowShowsIdentityUsageAndSettings() {
    Map<String, Object> pool =
        Json.in(cli.run("pool", "show", "other", "--output", "json").json(), "pool");

    assertThat(pool)
        .containsOnlyKeys(
            "name", "backend", "uuid", "layoutVersion", "capacity", "free", "settings")
        .containsEntry("name", "other");
    assertThat(Json.listIn(pool, "settings"))
        .allSatisfy(
            setting ->
                assertThat(setting)
                    .containsOnlyKeys("key", "value", "origin", "secret", "default"));
    assertThat(cli.run("pool", "show").out()).containsPattern("pool +local\n");
  }

  @Test
  void poolCheckEndsWith0WhenAllIsWell() {
    Cli.Result result = cli.run("pool", "check", "--output", "json");

    assertThat(result.json()).containsEntry("pool", "local");
    assertThat(result.exitCode()).isEqualTo(Boolean.TRUE.equals(result.json().get("ok")) ? 0 : 10);
    assertThat(Json.listIn(result.json(), "findings"))
        .isNotEmpty()
        .allSatisfy(
            finding -> assertThat(finding).containsOnlyKeys("subject", "ok", "reason", "note"));
  }

  @Test
  void backendListShowsJarsAndWhetherTheyRun() {
    Map<String, Object> json = cli.run("backend", "list", "--output", "json").json();

    assertThat(json).containsOnlyKeys("schema", "backends", "sources", "problems");
    assertThat(Json.listIn(json, "backends"))
        .extracting(backend -> backend.get("id"))
        .isEqualTo(List.of("lvm", "qcow2", "raw", "rbd"));
    assertThat(Json.listIn(json, "backends"))
        .allSatisfy(
            backend ->
                assertThat(backend)
                    .containsOnlyKeys("id", "version", "spiVersion", "available", "reason", "jar"));
    assertThat(cli.run("backend", "list").out()).contains("RUNS HERE").contains("IMAGE SOURCE");
  }

  @Test
  void configShowSaysWhereEachValueIsWritten() {
    assertThat(cli.run("config", "show", "-o", "pools.local.mode=0640").out())
        .containsPattern("path +pool +.*diskwright.yaml:3\n")
        .containsPattern("mode +0640 +-o\n");
    assertThat(cli.run("config", "show", "--output", "json").json())
        .containsOnlyKeys("schema", "origin", "defaultPool", "pools", "sources")
        .containsEntry("defaultPool", "local");
  }

  @Test
  void configCheckListsEveryProblemAndEndsWith13() throws IOException {
    Path config =
        cli.write(
            "bad.yaml",
            """
            pools:
              local: {backend: raw, pth: x, sync-disks: perhaps}
              "../x": {backend: raw, path: y}
            """);

    Cli.Result text = Cli.runBare("config", "check", "--config", config.toString());
    Cli.Result json =
        Cli.runBare("config", "check", "--output", "json", "--config", config.toString());

    assertThat(text.exitCode()).isEqualTo(13);
    assertThat(text.err()).isEmpty();
    assertThat(text.out()).contains("bad.yaml:2").contains("bad.yaml:3").contains("path");
    assertThat(json.exitCode()).isEqualTo(13);
    assertThat(json.json()).containsEntry("ok", false);
    assertThat(Json.listIn(json.json(), "problems"))
        .hasSizeGreaterThanOrEqualTo(4)
        .allSatisfy(problem -> assertThat(problem).containsOnlyKeys("where", "message"));
    assertThat(cli.run("config", "check").out()).isEqualTo("nothing is wrong\n");
  }

  @Test
  void configCheckFindsValuesThatDoNotGoTogether() throws IOException {
    Path config =
        cli.write(
            "together.yaml",
            """
            pools:
              lease: {backend: rbd, pool: vms, timeout: 10s, lease: 15s}
              features: {backend: rbd, pool: vms, image-features: 'exclusive-lock, fast-diff'}
              clusters: {backend: qcow2, path: x, cluster-size: 4K, extended-l2: true}
            """);

    assertThat(Cli.runBare("config", "check", "--config", config.toString()).out().lines())
        .satisfiesExactly(
            lease -> assertThat(lease).contains(":2: ").contains("at least twice the timeout"),
            features -> assertThat(features).contains(":3: ").contains("must have object-map"),
            clusters -> assertThat(clusters).contains(":4: ").contains("pools.clusters: "));
  }

  @Test
  void completionIsAScriptOfAllCommands() {
    assertThat(cli.run("completion").out())
        .startsWith("#!/usr/bin/env bash")
        .contains("complete -F _complete_diskwright")
        .contains("rollback")
        .contains("--preallocate");
  }

  @Test
  void aBaseIsExportedByItsKeyOrItsImage() throws IOException {
    cli.run("image", "pull", cli.image());
    Map<?, ?> base =
        (Map<?, ?>)
            ((List<?>) cli.run("base", "list", "--output", "json").json().get("bases")).get(0);
    String key = String.valueOf(base.get("key"));

    Cli.Result byImage = cli.run("base", "export", String.valueOf(base.get("image")));
    Cli.Result byKey = cli.run("base", "export", key.substring(0, 8));

    assertThat(byImage.exitCode()).isZero();
    assertThat(byImage.out()).startsWith("diskwright-base 1\n").contains("\nkey=" + key + "\n");
    assertThat(byKey.out()).isEqualTo(byImage.out());
    assertThat(cli.run("base", "export", "glance:none").exitCode()).isEqualTo(3);
    assertThat(cli.run("base", "export", "00".repeat(32)).exitCode()).isEqualTo(3);
    assertThat(cli.run("base", "export", "none").exitCode()).isEqualTo(2);
  }

  @Test
  void aFallbackHostIsNothingThatASecondCommandIsMadeOf() throws IOException {
    String[] hosts = {"-oProxyCommand=x", "a b", "", "a;b"};
    for (String host : hosts) {
      Cli.Result refused = cli.run("image", "pull", cli.image(), "--fallback-host=" + host);
      assertThat(refused.exitCode()).isEqualTo(2);
    }
    assertThat(cli.run("image", "pull", cli.image(), "--fallback-host=u@host-1").exitCode())
        .isZero();
    assertThat(
            cli.run("disk", "create", "d", "--blank", "--size=1M", "--fallback-host=h").exitCode())
        .isEqualTo(2);
  }

  @Test
  void theCloudOfGlanceHasAnOptionOfItsOwn() throws IOException {
    Cli.Result result = cli.run("config", "show", "--os-cloud", "prod");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).containsPattern("cloud +prod +-o\n");
  }
}
