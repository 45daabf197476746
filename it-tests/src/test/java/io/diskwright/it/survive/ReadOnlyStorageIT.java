package io.diskwright.it.survive;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P10, P11: a pool whose file system has become read-only can be read, and says what it is. */
class ReadOnlyStorageIT {
  private static final int MIB = TestImage.MIB;

  @RegisterExtension static final FileSystemOnLoop XFS = new FileSystemOnLoop("xfs");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"raw", "qcow2"})
  void whatChangesSaysSoAndWhatReadsWorks(String backend) throws IOException {
    Path home = TestPool.make(XFS.mount(), backend);
    TestImage image = TestImage.raw(home.resolve("image.raw"), MIB, 1);
    TestImage unused = TestImage.raw(home.resolve("unused.raw"), MIB, 2);
    TestImage cold = TestImage.qcow2(home.resolve("cold.qcow2"), MIB, 3);
    Path leftOver = TestPool.folder(home).resolve("disks/gone.0123456789abcdef.raw");
    String evictable;
    try (TestPool pool = TestPool.open(home)) {
      pool.create("web", image.file(), 2 * MIB);
      pool.create("gone", unused.file(), 2 * MIB);
      pool.pool().delete(new DiskName("gone"), TestPool.call());
      evictable = pool.base(unused).orElseThrow().key().value();
      Files.createFile(leftOver);
    }
    Cli cli = new Cli(folder);
    List<List<String>> changes = changes(backend, image, cold, evictable);

    XFS.remount("ro");
    try {
      for (List<String> change : changes) {
        assertIsRefused(run(cli, home, change));
      }
      for (List<String> look : looks(backend, image, folder.resolve("extracted"))) {
        Program.End end = run(cli, home, look);
        assertThat(end.status()).as("%s: %s", look, end.printed()).isZero();
      }
      assertThat(run(cli, home, List.of("pool", "check")))
          .matches(end -> end.status() == Reason.UNAVAILABLE.exitCode())
          .matches(end -> end.printed().contains("cannot be written"));
      try (TestPool pool = TestPool.open(home)) {
        assertThat(pool.disks()).containsExactly("web");
        pool.assertReads("web", image, 2 * MIB);
      }
    } finally {
      XFS.remount("rw");
    }

    try (TestPool pool = TestPool.open(home)) {
      pool.assertReads("web", image, 2 * MIB);
      assertThat(pool.strays()).containsExactly(leftOver.getFileName().toString());
    }
    for (List<String> change : changes) {
      Program.End end = run(cli, home, change);
      assertThat(end.status()).as("%s: %s", change, end.printed()).isZero();
    }
    try (TestPool pool = TestPool.open(home)) {
      pool.assertRecoversToNothing();
    }
  }

  private static List<List<String>> changes(
      String backend, TestImage image, TestImage cold, String evictable) {
    List<List<String>> changes = new ArrayList<>();
    changes.add(words("disk create warm --size 2M --image " + image.file()));
    changes.add(words("disk create cold --size 2M --image " + cold.file()));
    changes.add(words("disk create blank --size 2M --blank"));
    changes.add(words("image pull " + cold.file()));
    changes.add(words("disk resize web 4M"));
    if (backend.equals("qcow2")) {
      changes.add(words("disk flatten web"));
      changes.add(words("disk snapshot create web s1"));
    }
    changes.add(words("base evict " + evictable));
    changes.add(words("recover"));
    changes.add(words("disk delete web"));
    return changes;
  }

  private static List<List<String>> looks(String backend, TestImage image, Path extracted) {
    List<List<String>> looks = new ArrayList<>();
    looks.add(words("disk list"));
    looks.add(words("disk show web"));
    looks.add(words("disk attach web"));
    looks.add(words("disk create web --size 2M --image " + image.file()));
    looks.add(words("disk extract web " + extracted));
    if (backend.equals("qcow2")) {
      looks.add(words("disk snapshot list web"));
    }
    looks.add(words("base list"));
    looks.add(words("plan next --image " + image.file()));
    looks.add(words("pool list"));
    looks.add(words("pool show"));
    return looks;
  }

  private static List<String> words(String command) {
    return Arrays.asList(command.split(" "));
  }

  private static Program.End run(Cli cli, Path home, List<String> arguments) throws IOException {
    return Program.end(new ProcessBuilder(cli.command(TestPool.config(home), arguments)));
  }

  private static void assertIsRefused(Program.End end) {
    assertThat(end.status()).as(end.printed()).isEqualTo(Reason.PERMISSION_DENIED.exitCode());
    assertThat(end.printed())
        .startsWith("diskwright: ")
        .contains("Read-only file system")
        .contains("check who owns it, and that the file system is writable");
  }
}
