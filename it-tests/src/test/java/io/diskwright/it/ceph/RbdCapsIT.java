package io.diskwright.it.ceph;

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

/** Users whose caps do not suffice: which one is missing is said, and nothing is half made. */
@ExtendWith(SharedCeph.class)
class RbdCapsIT {
  private static final String QUICK = "timeout: 5s";

  @TempDir Path folder = Path.of("");
  private CephNamespace pool;

  @BeforeEach
  void makePool(Ceph ceph) throws Exception {
    pool = CephNamespace.make(ceph, folder);
  }

  private Program user(String... caps) throws Exception {
    return pool.programWithCaps(List.of(caps), QUICK);
  }

  private String allOf(String profile) {
    return "profile %s pool=vms namespace=%s".formatted(profile, pool.name());
  }

  private static String check(Program program) throws Exception {
    Tools.Result result = program.run("pool", "check");
    assertThat(result.status()).as("%s", result).isEqualTo(Reason.UNAVAILABLE.exitCode());
    assertThat(result.error()).isEmpty();
    assertThat(result.output()).doesNotContain("not permitted", "denied");
    return result.output();
  }

  private void assertCannotCreate(Program program) throws Exception {
    Path image = Images.raw(folder.resolve("image.raw"), 1, 4 << 20);
    assertThat(program.fail(Reason.PERMISSION_DENIED, "disk", "create", "web-1", "--image", image))
        .contains("web-1", "on pool 'cluster'", "not permitted", "diskwright pool check");
    pool.assertNothingHalfMade();
    assertThat(pool.images()).isEmpty();
    pool.program().succeed("disk", "create", "web-1", "--image", image);
  }

  @Test
  void whoLacksTheMonitorsProfileCannotConnect() throws Exception {
    Program program = user("osd", allOf("rbd"));

    assertThat(program.fail(Reason.PERMISSION_DENIED, "pool", "check"))
        .contains("cannot open pool 'vms'", "denied", "lacks mon 'profile rbd'", "ceph auth get");
  }

  @Test
  void whoMayNotShutOutClientsMayDoTheRest() throws Exception {
    Program program = user("mon", "allow r", "osd", allOf("rbd"));

    assertThat(check(program))
        .containsPattern("yes +making clones")
        .containsPattern("NO +shutting out .* lacks mon 'profile rbd'");
    program.succeed("disk", "create", "web-1", "--blank", "--size", "1M");
    assertThat(pool.images()).hasSize(1);
  }

  @Test
  void whoMayNotReadThePoolIsToldWhichCapIsMissing() throws Exception {
    Program program = user("mon", "profile rbd", "osd", "profile rbd pool=images");

    assertThat(program.fail(Reason.PERMISSION_DENIED, "pool", "check"))
        .contains("lacks an osd cap on the Ceph pool 'vms': it cannot read there")
        .contains("osd '" + allOf("rbd") + "'");
  }

  @Test
  void whoMayNotWriteThePoolIsToldWhichCapIsMissing() throws Exception {
    Program program = user("mon", "profile rbd", "osd", allOf("rbd-read-only"));
    assertThat(program.fail(Reason.PERMISSION_DENIED, "disk", "list"))
        .contains("lacks an osd cap on the Ceph pool 'vms': it can read there, but not write");
    pool.program().succeed("disk", "create", "seen", "--blank", "--size", "1M");

    assertThat(program.succeed("disk", "list")).contains("seen");
    assertThat(check(program))
        .contains("lacks an osd cap on the Ceph pool 'vms': it can read there, but not write")
        .contains("osd '" + allOf("rbd") + "'");
    pool.program().succeed("disk", "delete", "seen");
    assertCannotCreate(program);
  }

  @Test
  void whoMayNotCallObjectClassesIsToldWhichCapIsMissing() throws Exception {
    Program program =
        user("mon", "profile rbd", "osd", "allow rw pool=vms namespace=" + pool.name());
    assertThat(program.fail(Reason.PERMISSION_DENIED, "pool", "check"))
        .contains("it can read and write there, but not call object classes")
        .contains("osd '" + allOf("rbd") + "'");
  }

  @Test
  void theCapsOfOneNamespaceSuffice() throws Exception {
    Program program = user("mon", "profile rbd", "osd", allOf("rbd"));

    assertThat(program.succeed("pool", "check")).doesNotContain("NO ");
    assertThat(pool.keys("")).containsExactly("pool");
    pool.assertNothingHalfMade();
  }

  @Test
  void aUserWithoutAKeyringIsToldWhereItIsLookedFor() throws Exception {
    Program program = pool.programOf("nobody");

    assertThat(program.fail(Reason.CONFIGURATION, "disk", "list"))
        .contains("keyring of client.nobody", "ceph-conf");
  }
}
