package io.diskwright.it.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.Images;
import io.diskwright.it.support.PoolScan;
import io.diskwright.it.support.Program;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong is told by an exit code and a sentence, and leaves nothing. */
class BadInputIT {
  @TempDir Path home = Path.of("");
  private Program program;
  private Path image = Path.of("");

  @BeforeEach
  void configure() throws IOException {
    program =
        new Program(home)
            .configured(
                "default-pool: local",
                "pools:",
                "  local: {backend: qcow2, path: local}",
                "  plain: {backend: raw, path: plain}");
    image = Files.copy(Images.HELLO_QCOW2, home.resolve("hello.qcow2"));
  }

  @AfterEach
  void nothingIsLeftBehind() throws IOException {
    for (String pool : new String[] {"local", "plain"}) {
      assertThat(PoolScan.leftOvers(home.resolve(pool))).isEmpty();
    }
  }

  private void assertNothingWasMade() throws Exception {
    for (String pool : new String[] {"local", "plain"}) {
      Path folder = home.resolve(pool);
      if (Files.isDirectory(folder)) {
        assertThat(PoolScan.snapshot(folder.resolve("disks"))).isEmpty();
        assertThat(PoolScan.snapshot(folder.resolve("bases"))).isEmpty();
      }
    }
  }

  /** Makes a disk on each backend, which fails the same way in words and in JSON. */
  private void assertCreateFails(Reason reason, String says, Object... arguments) throws Exception {
    for (String pool : new String[] {"local", "plain"}) {
      Object[] create = {"disk", "create", "web-1", "--pool", pool};
      Object[] all = Arrays.copyOf(create, create.length + arguments.length);
      System.arraycopy(arguments, 0, all, create.length, arguments.length);
      assertThat(program.fail(reason, all)).contains(says);
      assertThat(program.failAsJson(reason, all))
          .contains("\"remedy\":")
          .doesNotContain("remedy\":null");
    }
    assertNothingWasMade();
  }

  @Test
  void aMissingImage() throws Exception {
    assertCreateFails(Reason.NOT_FOUND, "none.raw", "--image", "none.raw");
  }

  @Test
  void anEmptyImage() throws Exception {
    Files.createFile(home.resolve("empty"));

    assertCreateFails(Reason.IMAGE_UNACCEPTABLE, "empty", "--image", "empty");
  }

  @Test
  void aFolderAsAnImage() throws Exception {
    assertCreateFails(Reason.IMAGE_UNACCEPTABLE, "regular file", "--image", home);
  }

  @Test
  void aPipeAsAnImage() throws Exception {
    Tools.run("mkfifo", home.resolve("pipe"));

    assertCreateFails(Reason.IMAGE_UNACCEPTABLE, "regular file", "--image", "pipe");
  }

  @Test
  void whatIsNoImage() throws Exception {
    Files.writeString(home.resolve("letter"), "dear diskwright, ".repeat(100));

    assertCreateFails(Reason.IMAGE_UNACCEPTABLE, "raw", "--image", "letter");
  }

  @Test
  void aTruncatedImage() throws Exception {
    byte[] whole = Files.readAllBytes(image);
    Files.write(image, Arrays.copyOf(whole, whole.length - 1));

    assertCreateFails(Reason.IMAGE_UNACCEPTABLE, "truncated", "--image", image);
  }

  @Test
  void aFormatThatIsALie() throws Exception {
    assertCreateFails(
        Reason.IMAGE_UNACCEPTABLE, "declared as raw", "--image", image, "--format", "raw");
    assertCreateFails(
        Reason.IMAGE_UNACCEPTABLE,
        "declared as qcow2",
        "--image",
        Images.HELLO_RAW,
        "--format",
        "qcow2");
  }

  @Test
  void aFormatThatIsNone() throws Exception {
    assertThat(
            program.fail(
                Reason.INVALID_REQUEST,
                "disk",
                "create",
                "web-1",
                "--image",
                image,
                "--format",
                "tar"))
        .contains("tar");
  }

  @Test
  void aHostileQcow2() throws Exception {
    Files.delete(image);
    Tools.run("qemu-img", "create", "-f", "qcow2", "-b", "/etc/passwd", "-F", "raw", image, "1M");

    assertCreateFails(Reason.IMAGE_UNACCEPTABLE, "backing file", "--image", image);

    Path outside = home.resolve("outside.raw");
    Files.delete(image);
    Tools.run("qemu-img", "create", "-f", "qcow2", "-o", "data_file=" + outside, image, "1M");

    assertCreateFails(Reason.IMAGE_UNACCEPTABLE, "data file", "--image", image);
  }

  @Test
  void aVirtualSizeAboveTheLimit() throws Exception {
    assertCreateFails(
        Reason.IMAGE_UNACCEPTABLE,
        "limit",
        "--image",
        image,
        "-o",
        "pools.local.virtual-size-limit=512K",
        "-o",
        "pools.plain.virtual-size-limit=512K");
  }

  @Test
  void aWrongDigest() throws Exception {
    assertCreateFails(
        Reason.IMAGE_UNACCEPTABLE,
        "digest",
        "--image",
        image,
        "--digest",
        "sha256:" + "0".repeat(64));
  }

  @Test
  void aSizeSmallerThanTheImage() throws Exception {
    assertCreateFails(Reason.BASE_LARGER_THAN_SIZE, "1048576", "--image", image, "--size", "512K");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "1000", "7E", "9223372036854775807"})
  void aSizeThatIsNone(String size) throws Exception {
    assertCreateFails(Reason.INVALID_REQUEST, "size", "--image", image, "--size", size);
    assertCreateFails(Reason.INVALID_REQUEST, "size", "--blank", "--size", size);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "20X", "", "1.5G", "99999999999999999999", "16E"})
  void aSizeThatCannotBeRead(String size) throws Exception {
    program.fail(
        Reason.INVALID_REQUEST, "disk", "create", "web-1", "--image", image, "--size=" + size);
    assertNothingWasMade();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../x",
        "a/b",
        "",
        ".",
        "..",
        "-x",
        "käse",
        "日本",
        "a b",
        "a\nb",
        "_a",
        "0123456789012345678901234567890123456789012345678901234567890123"
      })
  void aNameThatIsNone(String name) throws Exception {
    program.fail(Reason.INVALID_REQUEST, "disk", "create", "--blank", "--size", "1M", "--", name);
    program.fail(Reason.INVALID_REQUEST, "disk", "show", "--", name);
    program.fail(Reason.INVALID_REQUEST, "disk", "delete", "--", name);
    assertNothingWasMade();
  }

  @Test
  void theLongestNameIsOne() throws Exception {
    String name = "a".repeat(63);

    program.succeed("disk", "create", name, "--image", image);
    program.succeed("disk", "create", name, "--image", image, "--pool", "plain");

    assertThat(program.succeed("disk", "list")).contains(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "plain"})
  void aDiskThatIsThereWithAnotherImageOrSize(String pool) throws Exception {
    program.succeed("disk", "create", "web-1", "--image", image, "--pool", pool);

    assertThat(
            program.fail(
                Reason.ALREADY_EXISTS,
                "disk",
                "create",
                "web-1",
                "--pool",
                pool,
                "--image",
                Images.HELLO_RAW))
        .contains("hello.raw", "hello.qcow2");
    assertThat(
            program.fail(
                Reason.ALREADY_EXISTS,
                "disk",
                "create",
                "web-1",
                "--pool",
                pool,
                "--image",
                image,
                "--size",
                "20G"))
        .contains("size");
    assertThat(
            program.failAsJson(
                Reason.ALREADY_EXISTS,
                "disk",
                "create",
                "web-1",
                "--pool",
                pool,
                "--blank",
                "--size",
                "20G"))
        .contains("\"resource\":\"web-1\"", "\"pool\":\"" + pool + '"');
    program.succeed("disk", "create", "web-1", "--image", image, "--pool", pool);
  }

  @Test
  void aPoolThatIsNotThere() throws Exception {
    assertThat(
            program.fail(
                Reason.NOT_FOUND, "disk", "create", "web-1", "--image", image, "--pool", "other"))
        .contains("other", "local", "plain");
  }

  @Test
  void aPoolWhoseFolderIsNotThere() throws Exception {
    String option = "pools.local.path=" + home.resolve("not/mounted");

    assertThat(
            program.fail(
                Reason.NOT_FOUND, "disk", "create", "web-1", "--image", image, "-o", option))
        .contains("not/mounted", "mount");
  }

  @Test
  void aPoolOfSomebodyElse() throws Exception {
    program.succeed("disk", "create", "web-1", "--image", image);
    Files.createDirectory(home.resolve("full"));
    Files.createFile(home.resolve("full/file"));

    assertThat(program.fail(Reason.CONFIGURATION, "disk", "list", "-o", "pools.local.backend=raw"))
        .contains("qcow2");
    assertThat(
            program.fail(
                Reason.CONFIGURATION, "disk", "list", "-o", "pools.local.path=" + home + "/full"))
        .contains("file");
  }

  @Test
  void everythingThatIsWrongWithAConfigurationAtOnce() throws Exception {
    program.configured(
        "default-pol: x",
        "pools:",
        "  local: {backend: qcow2, path: local, cluster-sise: 64K, sync-disks: maybe}",
        "  plain: {backend: raw}",
        "  third: {backend: rawr, path: x}",
        "  fourth: {path: x}");

    String error = program.fail(Reason.CONFIGURATION, "disk", "list");

    assertThat(error)
        .contains(
            "default-pol", "cluster-sise", "cluster-size", "sync-disks", "path", "rawr", "fourth")
        .contains("diskwright.yaml:1", "diskwright.yaml:3", "diskwright.yaml:4");
    assertThat(program.failAsJson(Reason.CONFIGURATION, "disk", "list")).contains("cluster-sise");
    assertThat(home.resolve("local")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"pools: [", "pools: 5", "\t", "pools: {a: {backend: raw, path: x}, a: {}}"})
  void aConfigurationThatCannotBeRead(String text) throws Exception {
    program.configured(text);

    program.fail(Reason.CONFIGURATION, "disk", "list");
  }

  @Test
  void aConfigurationThatIsNotThere() throws Exception {
    assertThat(program.fail(Reason.CONFIGURATION, "disk", "list", "--config", "none.yaml"))
        .contains("none.yaml");
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "plain"})
  void growingToASmallerSize(String pool) throws Exception {
    program.succeed("disk", "create", "web-1", "--image", image, "--size", "20M", "--pool", pool);

    assertThat(
            program.fail(Reason.INVALID_REQUEST, "disk", "resize", "web-1", "10M", "--pool", pool))
        .contains("smaller");
    assertThat(program.succeed("disk", "show", "web-1", "--pool", pool, "--output", "json"))
        .contains("\"size\":20971520");
  }

  @Test
  void deletingABaseInUseAndDeletingNothing() throws Exception {
    program.succeed("disk", "create", "web-1", "--image", image);

    Path base = PoolScan.baseFiles(home.resolve("local")).get(0);
    String key = base.getFileName().toString().substring(0, 64);

    assertThat(program.fail(Reason.HAS_DEPENDENTS, "base", "evict", key)).contains("web-1");
    assertThat(base).exists();

    program.succeed("disk", "delete", "web-1");
    program.succeed("disk", "delete", "web-1");
    program.succeed("base", "evict", key);
    program.succeed("base", "evict", key);
    assertThat(base).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "disk show web-1, NOT_FOUND",
    "disk resize web-1 1G, NOT_FOUND",
    "disk flatten web-1, NOT_FOUND",
    "disk attach web-1, NOT_FOUND",
    "disk create web-1, INVALID_REQUEST",
    "disk create web-1 --blank, INVALID_REQUEST",
    "disk create web-1 --blank --image x --size 1M, INVALID_REQUEST",
    "disk create, INVALID_REQUEST",
    "disk creat web-1, INVALID_REQUEST",
    "disk show web-1 --outptu json, INVALID_REQUEST",
    "disk list --output xml, INVALID_REQUEST",
    "disk list --deadline soon, INVALID_REQUEST",
    "nonsense, INVALID_REQUEST"
  })
  void whatCannotBeDone(String command, Reason reason) throws Exception {
    program.fail(reason, (Object[]) command.split(" ", -1));
  }

  @Test
  void whatMayNotBeReadOrWritten() throws Exception {
    Path shared = Files.createTempDirectory("diskwright-nobody");
    try {
      Tools.run("cp", "-r", Program.dist(), shared.resolve("dist"));
      Tools.run("chmod", "-R", "a+rX", shared);
      Path secret = Files.copy(image, shared.resolve("secret.qcow2"));
      Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
      Path open = Files.copy(image, shared.resolve("open.qcow2"));
      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
      Path rootsPool = Files.createDirectory(shared.resolve("roots"));
      Path user = Files.createDirectory(shared.resolve("user"));
      Tools.run("chown", "65534:65534", user);
      Program nobody =
          new Program(user, shared.resolve("dist"))
              .through(
                  Tools.require("setpriv").toString(),
                  "--reuid=65534",
                  "--regid=65534",
                  "--clear-groups");

      assertThat(
              nobody.fail(Reason.PERMISSION_DENIED, "disk", "create", "web-1", "--image", secret))
          .contains("secret.qcow2");
      assertThat(PoolScan.leftOvers(new Program(user).defaultPool())).isEmpty();
      nobody.succeed("disk", "create", "web-1", "--image", open);
      nobody.fail(
          Reason.PERMISSION_DENIED,
          "disk",
          "create",
          "web-1",
          "--image",
          open,
          "-o",
          "pools.local.path=" + rootsPool);
      assertThat(PoolScan.snapshot(rootsPool)).isEmpty();
    } finally {
      Tools.run("rm", "-rf", shared);
    }
  }

  @Test
  void withoutAConfigurationItWorks() throws Exception {
    Program fresh = new Program(Files.createDirectory(home.resolve("fresh")));

    fresh.succeed("disk", "create", "web-1", "--image", image, "--size", "20G");

    assertThat(fresh.succeed("disk", "list")).contains("web-1");
    assertThat(fresh.defaultPool().resolve("diskwright-pool")).exists();
    assertThat(PoolScan.leftOvers(fresh.defaultPool())).isEmpty();
  }
}
