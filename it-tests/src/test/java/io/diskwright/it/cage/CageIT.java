package io.diskwright.it.cage;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.Await;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.error.Reason;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** P6: what is in a cage cannot look, write, reach or stay outside, whoever makes it. */
@ParameterizedClass
@ValueSource(strings = {"root", "nobody"})
class CageIT {
  private static final String NO_RIGHTS = "0000000000000000";

  @Parameter String user = "";

  @TempDir(factory = OpenFolder.class)
  Path parent = Path.of("");

  private Captives captives;
  private Path image = Path.of("");
  private Path target = Path.of("");

  @BeforeEach
  void prepare() throws Exception {
    Path home = Files.createDirectory(parent.resolve("home"));
    Files.setAttribute(home, "unix:mode", 0700);
    captives = new Captives(user, home);
    image = captives.file("image", 0600, "the image");
    target = captives.file("target", 0600, "");
  }

  /** Without a name the image comes with a view of processes, by which more can be seen. */
  private String outputWithProcesses(String script) throws Exception {
    return Captives.succeed(captives.run(image, "unlink", "-", script));
  }

  @Test
  void allOfItIsOffered() throws Exception {
    assertThat(Captives.succeed(captives.run())).startsWith("whole: true\n");
  }

  @Test
  void thereIsNothingButProgramsAndTheImage() throws Exception {
    captives.file("secret", 0644, "secret");

    assertThat(captives.output(image, "cat /image; echo; ls -A / /dev /etc").lines())
        .isSubsetOf(
            "the image",
            "/:",
            "bin",
            "dev",
            "etc",
            "image",
            "lib",
            "lib32",
            "lib64",
            "libx32",
            "sbin",
            "usr",
            "",
            "/dev:",
            "null",
            "urandom",
            "/etc:",
            "ld.so.cache");
    assertThat(
            captives.output(
                image, "cat /etc/shadow /etc/passwd %s/secret || :".formatted(image.getParent())))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo x > /image",
        "echo x >> /image",
        "chmod 777 /image",
        "chown 1 /image",
        "touch /image",
        "rm /image",
        "mv /target /image",
        "truncate -s 0 /image",
        "mount -o remount,rw /image",
        "umount /image"
      })
  void theImageCannotBeChanged(String script) throws Exception {
    Tools.Result result = captives.run(image, "keep", target, script);

    assertThat(result.status()).as(result.toString()).isNotZero();
    assertThat(image).hasContent("the image");
  }

  @Test
  void justOnePathCanBeWritten() throws Exception {
    String script =
        """
        for path in /x /usr/x /usr/bin/x /etc/x /dev/x /dev/null/x /tmp/x /var/x /home/x /sys/x
        do
          ! echo x > $path || echo written $path
        done
        echo written > /target
        """;

    assertThat(Captives.succeed(captives.run(image, "keep", target, script))).isEmpty();
    assertThat(target).hasContent("written");
    assertThat(Files.getAttribute(target, "unix:uid")).isEqualTo(captives.uid());
    assertThat(Files.getAttribute(target, "unix:mode")).isEqualTo(0100600);
  }

  @Test
  void withoutAPathNothingCanBeWritten() throws Exception {
    assertThat(captives.run(image, "keep", "-", "echo x > /target").status()).isNotZero();
  }

  @Test
  void aFolderCanBeTheOnePath() throws Exception {
    Path folder = Files.createDirectory(image.resolveSibling("folder"));
    Tools.run("chown", Integer.toString(captives.uid()), folder);
    Files.setAttribute(folder, "unix:mode", 0700);

    captives.run(image, "keep", folder, "echo written > /target/file");

    assertThat(folder.resolve("file")).hasContent("written");
    assertThat(Files.getAttribute(folder, "unix:uid")).isEqualTo(captives.uid());
  }

  @Test
  void thereIsNoNetwork() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String connect = "exec 5<>/dev/tcp/127.0.0.1/" + server.getLocalPort();
      Tools.run("bash", "-c", connect); // that can be done from outside

      assertThat(captives.run(image, "keep", "-", connect).status()).isNotZero();
    }
    assertThat(outputWithProcesses("cat /proc/self/net/dev").lines().skip(2))
        .singleElement()
        .asString()
        .contains("lo:");
  }

  /**
   * Else a device would be busy for as long as anything runs in a cage that was made before. What
   * is below {@code /dev} is held by whoever holds {@code /dev/null}.
   */
  @ParameterizedTest
  @ValueSource(strings = {"/tmp", "/dev/shm"})
  void whatTheHostUnmountsMeanwhileIsNotHeld(Path below) throws Exception {
    Path mounted = Files.createTempDirectory(below, "cage");
    assertThat(fileSystem("up", mounted)).contains("is up");
    String script = "echo started > /target; until grep -q end /target; do sleep 0.1; done";
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<Tools.Result> run =
          threads.submit(() -> captives.run(image, "keep", target, script, "stall=100"));
      try {
        Await.until("it runs", () -> Files.readString(target).equals("started\n"));
        assertThat(fileSystem("down", mounted)).contains("is down"); // looks at its device
      } finally {
        Files.writeString(target, "end");
        assertThat(Captives.succeed(run.get())).isEmpty();
      }
    } finally {
      threads.shutdown();
      String unused = fileSystem("down", mounted);
      Files.delete(mounted);
    }
  }

  private static String fileSystem(String action, Path folder) throws Exception {
    Path env = Path.of("env").toAbsolutePath();
    ProcessBuilder builder = new ProcessBuilder(env.toString(), "ext4", action, folder.toString());
    builder.environment().put("EXT4_SIZE", "64M");
    return Tools.run(builder).error();
  }

  @Test
  void thereAreNoOtherProcesses() throws Exception {
    assertThat(captives.output(image, "kill -0 %d && echo seen || :".formatted(pid()))).isEmpty();
    assertThat(captives.output(image, "kill -KILL 1; kill -STOP 1; echo on")).isEqualTo("on\n");
    assertThat(outputWithProcesses("cd /proc; echo [0-9]*").split(" ", -1))
        .hasSizeLessThanOrEqualTo(3);
  }

  private static long pid() {
    return ProcessHandle.current().pid();
  }

  @Test
  void thereAreNoRightsAndNoWayToThem() throws Exception {
    String status = outputWithProcesses("cat /proc/self/status");

    assertThat(status)
        .contains("CapPrm:\t" + NO_RIGHTS, "CapEff:\t" + NO_RIGHTS, "CapBnd:\t" + NO_RIGHTS)
        .contains("CapInh:\t" + NO_RIGHTS, "CapAmb:\t" + NO_RIGHTS, "NoNewPrivs:\t1");
    for (String script :
        new String[] {
          "unshare --user true",
          "unshare --mount true",
          "mount -t tmpfs none /usr",
          "chroot / true",
          "setpriv --reuid 1 true",
          "mknod /target/x b 8 0",
          "hostname other"
        }) {
      assertThat(captives.run(copy(), "keep", "-", script).status()).as(script).isNotZero();
    }
  }

  private Path copy() throws Exception {
    return captives.file("copy", 0600, "");
  }

  @ParameterizedTest
  @CsvSource({"0600, 0, 65533", "0640, 65533, 0", "0644, 65533, 65533"})
  void rootIsSomebodyElseWhoCanJustReadTheImage(String mode, int uid, int gid) throws Exception {
    if (user.equals("root")) {
      Files.setAttribute(image, "unix:mode", Integer.parseInt(mode, 8));
      String ids = captives.output(image, "cat /image > /dev/null && id -u && id -g && id -G");

      assertThat(ids).isEqualTo("%d\n%d\n%d\n".formatted(uid, gid, gid));
    } else {
      assertThat(captives.output(image, "cat /image")).isEqualTo("the image");
    }
  }

  @Test
  void anImageOfSomebodyElseIsReadAsThatUser() throws Exception {
    Tools.run("chown", "12345:12346", image);
    Tools.Result result = captives.run(image, "keep", target, "cat /image; id -u > /target");

    if (user.equals("root")) {
      assertThat(result.output()).isEqualTo("the image");
      assertThat(target).hasContent("12345");
    } else {
      assertThat(result.status()).as(result.toString()).isNotZero();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "while :; do :; done | cpu=1 | limit of 1 s of processor time",
        "dd if=/dev/urandom of=/dev/null bs=400M count=1 | memory=200 | of memory",
        "head -c 3M /dev/urandom > /target | file=2 | bytes for a file",
        "for i in {1..40}; do exec {x}</image; done | files=20 | limit of 20 open files"
      })
  void whoExceedsALimitIsEnded(String script, String limit, String says) throws Exception {
    Tools.Result result = captives.run(image, "keep", target, "set -e; " + script, limit);

    assertThat(result.status())
        .as(result.toString())
        .isEqualTo(Reason.IMAGE_UNACCEPTABLE.exitCode());
    assertThat(result.output()).contains("the image made", says);
  }

  @Test
  void whatWorksInItIsNotStalled() throws Exception {
    String script = "(for i in {1..30}; do head -c 10k /image; sleep 0.1; done) > /dev/null";

    assertThat(captives.output(image, script, "stall=1")).isEmpty();
  }

  @Test
  void whatDoesNothingInItIsEnded() throws Exception {
    Tools.Result result = captives.run(image, "keep", "-", "sleep 1000", "stall=1");

    assertThat(result.status()).as(result.toString()).isEqualTo(Reason.UNAVAILABLE.exitCode());
    assertThat(result.output()).contains("did nothing for 1 s");
  }

  @Test
  void itHasNoInputAndAFixedEnvironment() throws Exception {
    assertThat(captives.output(image, "cat; env | cut -d = -f 1 | sort").lines())
        .containsExactly(
            "LC_ALL",
            "MALLOC_ARENA_MAX",
            "MALLOC_MMAP_THRESHOLD_",
            "MALLOC_TOP_PAD_",
            "MALLOC_TRIM_THRESHOLD_",
            "PATH",
            "PWD",
            "SHLVL",
            "_");
  }

  @Test
  void anImageThatHasBeenReplacedIsStillTheOneThatWasOpened() throws Exception {
    Path other = captives.file("other", 0600, "another image");

    assertThat(Captives.succeed(captives.run(image, other, "-", "cat /image")))
        .isEqualTo("the image");
    assertThat(image).hasContent("another image");
  }

  @Test
  void anImageThatHasLostTheNameItWasOpenedByIsRefused() throws Exception {
    Files.createLink(image.resolveSibling("link"), image);

    Tools.Result result = captives.run(image, "unlink", "-", "cat /image");

    assertThat(result.status())
        .as(result.toString())
        .isEqualTo(Reason.IMAGE_UNACCEPTABLE.exitCode());
    assertThat(result.output()).contains("name", "removed");
  }

  @Test
  void strangeNamesAreNames() throws Exception {
    Path strange = captives.file("a\\040 b'\"$(touch x)`;\n*?", 0600, "strange");

    assertThat(captives.output(strange, "cat /image")).isEqualTo("strange");
  }
}
