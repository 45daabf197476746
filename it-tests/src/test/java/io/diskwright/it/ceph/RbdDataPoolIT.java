package io.diskwright.it.ceph;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.Program;
import io.diskwright.it.support.SharedCeph;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.error.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pools whose data is in another Ceph pool, which is missing, forbidden, or an erasure-coded one.
 */
@ExtendWith(SharedCeph.class)
class RbdDataPoolIT {
  /** Has the only OSD take all three parts of an object, which no cluster of use would do. */
  private static final String RULE =
      """
      rule diskwright-thrice {
        id 99
        type erasure
        min_size 3
        max_size 3
        step take osd.0
        step emit
        step take osd.0
        step emit
        step take osd.0
        step emit
      }
      """;

  @TempDir Path folder = Path.of("");
  private final String data = "data-" + UUID.randomUUID();
  private Ceph ceph;
  private CephNamespace pool;

  @BeforeEach
  void makePool(Ceph shared) throws Exception {
    ceph = shared;
    pool = CephNamespace.make(ceph, folder);
  }

  @AfterEach
  void removeDataPool() throws Exception {
    ceph.ceph("osd", "pool", "rm", data, data, "--yes-i-really-really-mean-it");
  }

  private Program user(String osdCaps) throws Exception {
    return pool.programWithCaps(
        List.of("mon", "profile rbd", "osd", osdCaps), "data-pool: " + data);
  }

  private Program user() throws Exception {
    return user("profile rbd pool=vms, profile rbd pool=" + data);
  }

  private void makeReplicated() throws Exception {
    ceph.ceph("osd", "pool", "create", data, "1");
    ceph.rbd("pool", "init", data);
  }

  private void makeErasureCoded() throws Exception {
    Path rules = folder.resolve("rules");
    ceph.ceph("osd", "getcrushmap", "-o", rules);
    Path text = folder.resolve("rules.txt");
    Tools.run("crushtool", "-d", rules, "-o", text);
    if (!Files.readString(text).contains("diskwright-thrice")) {
      Files.writeString(text, RULE, StandardOpenOption.APPEND);
      Tools.run("crushtool", "-c", text, "-o", rules);
      ceph.ceph("osd", "setcrushmap", "-i", rules);
    }
    ceph.ceph("osd", "erasure-code-profile", "set", data, "k=2", "m=1", "crush-failure-domain=osd");
    ceph.ceph("osd", "pool", "create", data, "1", "1", "erasure", data, "diskwright-thrice");
    ceph.ceph("osd", "pool", "application", "enable", data, "rbd");
  }

  private static String check(Program program) throws Exception {
    Tools.Result result = program.run("pool", "check");
    assertThat(result.status()).as("%s", result).isEqualTo(Reason.UNAVAILABLE.exitCode());
    return result.output();
  }

  @Test
  void oneThatIsNotThereIsNamed() throws Exception {
    Program program = user();

    for (List<String> command :
        List.of(
            List.of("pool", "check"),
            List.of("disk", "create", "web-1", "--blank", "--size", "1M"))) {
      assertThat(program.fail(Reason.NOT_FOUND, command.toArray()))
          .contains("there is no Ceph pool '%s', which the setting data-pool names".formatted(data))
          .contains("ceph osd pool create " + data);
    }
    makeReplicated();
    program.succeed("disk", "create", "web-1", "--blank", "--size", "1M");
  }

  @Test
  void oneThatTheUserMayNotUseIsNamed() throws Exception {
    makeReplicated();
    Program stranger = user("profile rbd pool=vms");
    Program reader = user("profile rbd pool=vms, profile rbd-read-only pool=" + data);

    assertThat(check(stranger))
        .contains("lacks an osd cap on the Ceph pool '%s': it cannot read there".formatted(data))
        .contains("osd 'profile rbd pool=%s namespace=%s'".formatted(data, pool.name()));
    assertThat(check(reader))
        .contains("on the Ceph pool '%s': it can read there, but not write".formatted(data));
    Path image = Images.raw(folder.resolve("image.raw"), 1, 4 << 20);
    for (Program program : List.of(stranger, reader)) {
      Tools.Result result = program.run("disk", "create", "web-1", "--image", image);
      assertThat(result.status()).isEqualTo(Reason.PERMISSION_DENIED.exitCode());
      assertThat(result.error())
          .contains("diskwright: cannot write ", "not permitted", "diskwright pool check")
          .contains("is left to be swept") // for nobody who may not write data may remove it
          .doesNotContain("\tat ", "Exception");
    }
    Program mended = user();
    mended.succeed("recover");
    assertThat(pool.images()).isEmpty();
    pool.assertNothingHalfMade();
    mended.succeed("disk", "create", "web-1", "--image", image);
    pool.assertReads("web-1", image);
  }

  @Test
  void anErasureCodedOneMustAllowOverwrites() throws Exception {
    makeErasureCoded();
    Program program = user();

    assertThat(check(program))
        .containsPattern(
            "NO +data pool +it is erasure-coded, and its objects cannot be overwritten")
        .contains("ceph osd pool set " + data + " allow_ec_overwrites true");
    ceph.ceph("osd", "pool", "set", data, "allow_ec_overwrites", "true");
    assertThat(program.succeed("pool", "check")).containsPattern("yes +data pool +" + data);
    Path image = Images.raw(folder.resolve("image.raw"), 1, 4 << 20);
    program.succeed("disk", "create", "web-1", "--image", image);
    pool.assertReads("web-1", image);
    assertThat(ceph.rbd("info", pool.imageOf("web-1"))).contains("data_pool: " + data);
  }

  @Test
  void anErasureCodedOneHoldsNoRecords() throws Exception {
    makeErasureCoded();
    ceph.ceph("osd", "pool", "set", data, "allow_ec_overwrites", "true");
    Program program =
        new Program(Files.createTempDirectory(folder, "home"))
            .configured(
                "default-pool: p",
                "pools:",
                "  p: {backend: rbd, pool: %s, user: admin, ceph-conf: '%s'}"
                    .formatted(data, ceph.conf()));

    assertThat(program.fail(Reason.UNSUPPORTED, "disk", "list"))
        .contains("it is erasure-coded, and holds no records", "data-pool");
  }

  @Test
  void theSpaceIsThatOfTheDataPool() throws Exception {
    makeReplicated();
    ceph.ceph("osd", "pool", "set-quota", data, "max_bytes", 1 << 30);
    Program program = user();

    assertThat(program.succeed("pool", "show")).contains("1 GiB (1073741824 bytes)");
    assertThat(program.succeed("pool", "check"))
        .containsPattern("free space +\\d+ of 1073741824 bytes");
  }
}
