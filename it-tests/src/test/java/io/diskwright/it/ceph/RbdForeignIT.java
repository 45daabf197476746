package io.diskwright.it.ceph;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.Program;
import io.diskwright.it.support.SharedCeph;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.error.Reason;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What others do to our images and records, by hand or by machines: nothing of theirs is lost. */
@ExtendWith(SharedCeph.class)
class RbdForeignIT {
  private static final String WAIT = "in-use-wait: 1ms";

  @TempDir Path folder = Path.of("");
  private Ceph ceph;
  private CephNamespace pool;
  private Program program;
  private Path raw = Path.of("");

  @BeforeEach
  void makeDisk(Ceph shared) throws Exception {
    ceph = shared;
    pool = CephNamespace.make(ceph, folder);
    program = pool.program(WAIT);
    raw = Images.raw(folder.resolve("image.raw"), 5, 8 << 20);
    program.succeed("disk", "create", "web-1", "--image", raw);
  }

  private void assertGoesAltogether(String... foreign) throws Exception {
    program.succeed("disk", "delete", "web-1");
    pool.assertNothingHalfMade(foreign);
    assertThat(pool.keys("disk/")).isEmpty();
  }

  @Test
  void aDiskThatAMachineHasOpenStaysAsItIs() throws Exception {
    String url = "rbd:%s:id=admin:conf=%s".formatted(pool.imageOf("web-1"), ceph.conf());
    Process machine =
        new ProcessBuilder(Tools.require("qemu-io").toString(), "-f", "raw", url)
            .redirectOutput(folder.resolve("qemu-io").toFile())
            .redirectErrorStream(true)
            .start();
    try {
      machine.getOutputStream().write("write -P 7 0 4k\n".getBytes(UTF_8));
      machine.getOutputStream().flush();
      while (!ceph.rbd("status", pool.imageOf("web-1")).contains("watcher=")) {
        assertThat(machine.isAlive()).isTrue();
      }
      for (List<String> command :
          List.of(
              List.of("disk", "delete", "web-1"),
              List.of("disk", "flatten", "web-1"),
              List.of("disk", "snapshot", "create", "web-1", "now"))) {
        assertThat(program.fail(Reason.IN_USE, command.toArray()))
            .contains("web-1", "a machine has it open: the client at ", "shut the machine down");
      }
      assertThat(program.succeed("disk", "list")).contains("web-1");
    } finally {
      machine.getOutputStream().close(); // which ends it
      assertThat(machine.waitFor()).isZero();
    }
    program.succeed("disk", "flatten", "web-1");
    program.succeed("disk", "snapshot", "create", "web-1", "now");
    assertGoesAltogether();
  }

  @Test
  void aProtectedSnapshotAndItsClonesAreKept() throws Exception {
    String snapshot = pool.imageOf("web-1") + "@by-hand";
    String clone = pool.path() + "/by-hand";
    ceph.rbd("snap", "create", "--no-progress", snapshot);
    ceph.rbd("snap", "protect", snapshot);

    assertThat(
            program.fail(Reason.HAS_DEPENDENTS, "disk", "snapshot", "delete", "web-1", "by-hand"))
        .contains("web-1@by-hand", "protected", "rbd snap unprotect");
    ceph.rbd("clone", "--rbd-default-clone-format", "1", snapshot, clone);
    assertThat(program.fail(Reason.HAS_DEPENDENTS, "disk", "delete", "web-1"))
        .contains("web-1", "clones of its snapshots", "rbd children");
    assertThat(program.succeed("disk", "list")).contains("web-1");
    pool.assertReads("web-1", raw);
    pool.assertReadsImage("by-hand", raw);
    pool.assertNothingHalfMade("by-hand");

    ceph.rbd("flatten", "--no-progress", clone);
    assertGoesAltogether("by-hand");
    pool.assertReadsImage("by-hand", raw);
  }

  @Test
  void aCloneMadeByHandOutlivesTheDisk() throws Exception {
    String snapshot = pool.imageOf("web-1") + "@by-hand";
    String clone = pool.path() + "/by-hand";
    ceph.rbd("snap", "create", "--no-progress", snapshot);
    assertThat(program.succeed("disk", "snapshot", "list", "web-1")).contains("by-hand");
    ceph.rbd("clone", "--rbd-default-clone-format", "2", snapshot, clone);

    program.succeed("disk", "snapshot", "delete", "web-1", "by-hand");
    program.succeed("disk", "delete", "web-1");

    pool.assertReadsImage("by-hand", raw);
    ceph.rbd("rm", "--no-progress", clone);
    program.succeed("recover");
    assertThat(pool.keys("disk/")).isEmpty();
    pool.assertNothingHalfMade();
  }

  @Test
  void anImageThatSomebodyHasRenamedIsNotForgotten() throws Exception {
    String image = pool.imageOf("web-1");
    String other = pool.path() + "/renamed";
    ceph.rbd("rename", image, other);

    assertThat(program.fail(Reason.CORRUPT, "disk", "delete", "web-1"))
        .contains("somebody has renamed it", "rbd rename");
    pool.assertReadsImage("renamed", raw);
    assertThat(pool.keys("gone/")).hasSize(1);

    ceph.rbd("rename", other, image);
    program.succeed("recover");
    assertThat(pool.keys("disk/")).isEmpty();
    pool.assertNothingHalfMade();
  }

  @Test
  void imagesThatAreNotOursAreLeftAlone() throws Exception {
    for (String name : new String[] {"web-1", "web-2", "web-2.0000000000000000"}) {
      ceph.rbd("import", "--no-progress", raw, pool.path() + '/' + name);
    }
    String[] foreign = {"web-1", "web-2", "web-2.0000000000000000"};

    program.succeed("disk", "create", "web-2", "--blank", "--size", "1M");
    assertThat(program.succeed("disk", "list")).contains("web-1", "web-2");
    program.succeed("disk", "delete", "web-2");
    program.succeed("recover");
    assertGoesAltogether(foreign);
    for (String name : foreign) {
      pool.assertReadsImage(name, raw);
    }
  }

  @Test
  void aRecordThatIsDamagedHidesNoOther() throws Exception {
    program.succeed("disk", "create", "web-2", "--image", raw);
    pool.setKey("disk/web-1", "damaged");

    Tools.Result list = program.run("disk", "list");

    assertThat(list.status()).isZero();
    assertThat(list.output()).contains("web-2").doesNotContain("web-1");
    assertThat(list.error()).contains("left out", "disk/web-1", "not a whole record");
    for (List<String> command :
        List.of(List.of("disk", "show", "web-1"), List.of("disk", "delete", "web-1"))) {
      assertThat(program.fail(Reason.CORRUPT, command.toArray()))
          .contains("'web-1' on pool 'cluster': disk/web-1 of object diskwright.index")
          .contains("rmomapkey");
    }
    pool.assertReads("web-2", raw);

    pool.removeKey("disk/web-1");
    ceph.rbd("rm", "--no-progress", pool.imageOf("web-1"));
    program.succeed("disk", "create", "web-1", "--image", raw);
    pool.assertReads("web-1", raw);
    pool.assertNothingHalfMade();
  }
}
