package io.diskwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskCommandTest {
  @TempDir private Path folder;
  private Cli cli;

  @BeforeEach
  void begin() throws IOException {
    cli = new Cli(folder);
  }

  @Test
  void createSaysWhatWasMadeAndHow() throws IOException {
    Cli.Result result = cli.run("disk", "create", "web-1", "--image", cli.image(), "--size", "2M");

    assertThat(result.exitCode()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .containsPattern("disk +web-1\n")
        .containsPattern("pool +local\n")
        .containsPattern("size +2 MiB \\(2097152 bytes\\)\n")
        .containsPattern("format +raw\n")
        .containsPattern("path +" + folder + "/pool/")
        .containsPattern("created +yes\n")
        .containsPattern("how +copy file:.*image.raw into a raw base, .* in \\d+ ms\n");
  }

  @Test
  void createWritesJson() throws IOException {
    Cli.Result result =
        cli.run("disk", "create", "web-1", "--image", cli.image(), "--size", "2M", "--output=json");

    Map<String, Object> json = result.json();
    assertThat(json)
        .containsOnlyKeys("schema", "disk", "created", "bytesMoved", "steps", "refusals")
        .containsEntry("schema", "diskwright/1")
        .containsEntry("created", true);
    Map<String, Object> disk = Json.in(json, "disk");
    assertThat(disk)
        .containsOnlyKeys(
            "name", "pool", "size", "format", "origin", "storageId", "createdAt", "asked", "path")
        .containsEntry("name", "web-1")
        .containsEntry("pool", "local")
        .containsEntry("size", 2L << 20)
        .containsEntry("format", "raw");
    assertThat(Path.of((String) disk.get("path"))).hasSize(2 << 20);
    assertThat(Json.in(disk, "asked")).containsEntry("size", "2097152");
    assertThat(Json.listIn(json, "steps"))
        .hasSize(2)
        .allSatisfy(
            step -> assertThat(step).containsOnlyKeys("name", "detail", "bytesMoved", "seconds"));
  }

  @Test
  void createOfTheSameAgainFindsIt() throws IOException {
    cli.run("disk", "create", "web-1", "--image", cli.image());

    Cli.Result again = cli.run("disk", "create", "web-1", "--image", folder + "/image.raw");

    assertThat(again.exitCode()).isZero();
    assertThat(again.out()).containsPattern("created +no, it was already there\n");
  }

  @Test
  void createMakesBlankDisks() {
    Cli.Result result =
        cli.run("disk", "create", "swap", "--blank", "--size", "1M", "--output", "json");

    assertThat(result.exitCode()).isZero();
    assertThat(Json.in(result.json(), "disk")).containsEntry("origin", "blank");
  }

  @Test
  void showAndListShowDisks() {
    createBlank("a");
    createBlank("b");

    assertThat(cli.run("disk", "show", "a").out())
        .containsPattern("disk +a\n")
        .containsPattern("origin +blank\n");
    assertThat(cli.run("disk", "list").out().lines())
        .hasSize(3)
        .element(1)
        .asString()
        .matches("a +1 MiB +raw +\\S+Z +blank");
    Map<String, Object> json = cli.run("disk", "list", "--output", "json").json();
    assertThat(json).containsEntry("pool", "local");
    assertThat(Json.listIn(json, "disks"))
        .extracting(disk -> disk.get("name"))
        .isEqualTo(List.of("a", "b"));
    assertThat(Json.in(cli.run("disk", "show", "b", "--output", "json").json(), "disk"))
        .containsEntry("name", "b")
        .containsEntry("size", 1L << 20);
  }

  @Test
  void resizeGrows() {
    createBlank("a");

    Cli.Result result = cli.run("disk", "resize", "a", "3M");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).isEqualTo("disk a has 3 MiB (3145728 bytes)\n");
    Map<String, Object> json = cli.run("disk", "resize", "a", "4M", "--output", "json").json();
    assertThat(json).containsEntry("machine", null);
    assertThat(Json.in(json, "disk")).containsEntry("size", 4L << 20);
  }

  @Test
  void attachSaysHowAMachineReachesIt() {
    createBlank("a");

    assertThat(cli.run("disk", "attach", "a", "--target", "sda").out())
        .startsWith("<disk type='file' device='disk'>\n")
        .contains("<target dev='sda' bus='scsi'/>")
        .endsWith("</disk>\n");
    Map<String, Object> qemu = Json.object(cli.run("disk", "attach", "a", "--as", "qemu").out());
    assertThat(qemu).containsEntry("driver", "raw").containsEntry("node-name", "vda");
    String path = cli.run("disk", "attach", "a", "--as", "path").out().strip();
    assertThat(Path.of(path)).exists();
    assertThat(cli.run("disk", "attach", "a", "--output", "json").json())
        .containsOnlyKeys("schema", "name", "pool", "path", "libvirt", "qemu")
        .containsEntry("path", path)
        .containsEntry("qemu", qemu);
  }

  @Test
  void extractWritesAFile() throws IOException {
    cli.run("disk", "create", "a", "--image", cli.image());
    Path file = folder.resolve("out.raw");

    Cli.Result result = cli.run("disk", "extract", "a", file.toString(), "--output", "json");

    assertThat(result.exitCode()).isZero();
    assertThat(result.json()).containsEntry("file", file.toString()).containsEntry("format", "raw");
    assertThat(file).hasSameBinaryContentAs(folder.resolve("image.raw"));
  }

  @Test
  void flattenSaysWhetherThereWasAnythingToDo() throws IOException {
    cli.run("disk", "create", "a", "--image", cli.image());

    assertThat(cli.run("disk", "flatten", "a", "--output", "json").json())
        .containsOnlyKeys("schema", "name", "pool", "flattened")
        .containsEntry("flattened", false);
  }

  @Test
  void deleteOfNothingSucceeds() {
    createBlank("a");

    assertThat(cli.run("disk", "delete", "a").out()).isEqualTo("disk a is deleted\n");
    Cli.Result again = cli.run("disk", "delete", "a", "--output", "json");
    assertThat(again.exitCode()).isZero();
    assertThat(again.json()).containsEntry("deleted", false);
  }

  @Test
  void poolIsTakenBeforeAndAfterTheCommand() {
    cli.run("--pool", "other", "disk", "create", "a", "--blank", "--size", "1M");

    assertThat(cli.run("disk", "list", "--pool", "other").out()).contains("a ");
    assertThat(cli.run("disk", "list").out().lines()).hasSize(1);
  }

  @Test
  void overridesBeforeAndAfterTheCommandAddUp() {
    Cli.Result result =
        cli.run(
            "-o",
            "default-pool=third",
            "disk",
            "list",
            "-o",
            "pools.third.backend=raw",
            "-o",
            "pools.third.path=" + folder.resolve("third"),
            "--output",
            "json");

    assertThat(result.json()).containsEntry("pool", "third");
    assertThat(Files.isDirectory(folder.resolve("third"))).isTrue();
  }

  private void createBlank(String name) {
    assertThat(cli.run("disk", "create", name, "--blank", "--size", "1M").exitCode()).isZero();
  }
}
