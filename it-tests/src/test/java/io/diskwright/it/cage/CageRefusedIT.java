package io.diskwright.it.cage;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a host refuses a part of the cage, that is said, and the rest is there. */
@ParameterizedClass
@ValueSource(strings = {"root", "nobody"})
class CageRefusedIT {
  /** A place where, as in a container, there may be none of some kinds of namespaces. */
  private static final String WITHOUT =
      "for kind in %s; do echo 0 > /proc/sys/user/max_${kind}_namespaces || exit; done;"
          + " exec %s \"$@\"";

  /** Who has no rights needs a namespace of users for any other. */
  private static final String NO_RIGHTS = "setpriv --inh-caps=-all --bounding-set=-all --";

  @Parameter String user = "";

  @TempDir(factory = OpenFolder.class)
  Path parent = Path.of("");

  private Captives captives;
  private Path image = Path.of("");
  private Path target = Path.of("");

  @BeforeEach
  void prepare() throws Exception {
    captives = new Captives(user, Files.createDirectory(parent.resolve("home")));
    image = captives.file("image", 0644, "the image");
    target = captives.file("target", 0600, "");
  }

  private Tools.Result runWithout(String kinds, Object... arguments) throws Exception {
    String script = WITHOUT.formatted(kinds, kinds.equals("user") ? NO_RIGHTS : "");
    List<String> place = List.of("unshare", "--user", "--map-root-user", "sh", "-c", script, "sh");
    return Tools.run(captives.jvm(place, arguments));
  }

  @ParameterizedTest
  @CsvSource({
    "user, a file system of its own",
    "user, no shared memory or queues",
    "user, no network",
    "user, no other processes",
    "mnt, a file system of its own",
    "net, no network",
    "pid, no other processes",
    "ipc uts, no shared memory or queues"
  })
  void whatIsRefusedIsSaid(String kinds, String description) throws Exception {
    String said = Captives.succeed(runWithout(kinds));

    assertThat(said)
        .contains("whole: false")
        .containsPattern(description + ", answer=Answer\\[yes=false, reason=[^\\]]*unshare failed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"user", "mnt", "net", "pid", "ipc uts"})
  void theRestIsThere(String kinds) throws Exception {
    boolean files = !kinds.equals("user") && !kinds.equals("mnt");
    Path inside = files ? Path.of("/target") : target;

    Tools.Result works =
        runWithout(kinds, image, "keep", target, "cat \"$1\"; echo written > " + inside);
    Tools.Result busy = runWithout(kinds, image, "keep", target, "while :; do :; done", "cpu=1");
    Tools.Result rights = runWithout(kinds, image, "unlink", target, "cat /proc/self/status");

    assertThat(Captives.succeed(works)).isEqualTo("the image");
    assertThat(target).hasContent("written");
    assertThat(busy.status()).as(busy.toString()).isNotZero();
    assertThat(rights.output()).contains("NoNewPrivs:\t1");
  }

  /** As on a host that runs from its initramfs. */
  @Test
  void itIsThereWhereNoOtherRootCanBeHad() throws Exception {
    String script =
        "mount --bind /dev/null /usr/sbin/pivot_root && ! pivot_root . . && exec \"$@\"";
    List<String> place =
        List.of("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh");

    Tools.Result works =
        Tools.run(
            captives.jvm(
                place, image, "keep", target, "cat /image; ls -A /; echo written > /target"));
    Tools.Result users =
        Tools.run(captives.jvm(place, image, "keep", target, "unshare --user true"));

    assertThat(Captives.succeed(works)).startsWith("the image").doesNotContain("proc", "host");
    assertThat(target).hasContent("written");
    assertThat(users.status()).as(users.toString()).isNotZero();
  }
}
