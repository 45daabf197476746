package io.diskwright.it.ceph;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.ImageServer;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.Program;
import io.diskwright.it.support.SharedCeph;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.error.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The program on a pool of a real cluster: images of all kinds become disks, and bad input ends.
 */
@ExtendWith(SharedCeph.class)
class RbdFlowIT {
  private static final long SIZE = 41 << 20;

  @TempDir Path folder = Path.of("");
  private Path raw = Path.of("");
  private CephNamespace pool;
  private Ceph ceph;

  @BeforeEach
  void makePool(Ceph shared) throws Exception {
    ceph = shared;
    pool = CephNamespace.make(ceph, folder);
    raw = Images.raw(folder.resolve("image.raw"), 5, SIZE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"raw", "qcow2", "vmdk", "vpc", "vhdx", "vdi"})
  void everyImageBecomesABaseOnceAndDisksAreClones(String format) throws Exception {
    Path image = folder.resolve("image-of." + format);
    Tools.run("qemu-img", "convert", "-f", "raw", "-O", format, raw, image);
    try (ImageServer server = ImageServer.of(folder)) {
      for (String from : new String[] {image.toString(), server.url("image-of." + format)}) {
        Program one = pool.program();
        Program other = pool.program();
        String name = from.startsWith("http") ? "remote" : "local";
        assertThat(one.succeed("disk", "create", name + "-1", "--image", from))
            .contains("clone of");
        assertThat(other.succeed("disk", "create", name + "-2", "--image", from))
            .contains("clone of")
            .doesNotContain("convert", "copy");
        pool.assertReads(name + "-1", raw);
        pool.assertReads(name + "-2", raw);
      }
    }
    assertThat(pool.keys("base/")).hasSize(2);
    assertThat(pool.program().succeed("base", "verify")).contains("sound");
  }

  @Test
  void aDiskLivesItsWholeLife() throws Exception {
    Program program = pool.program();
    program.succeed("disk", "create", "web-1", "--image", raw, "--size", "64M");
    program.succeed("disk", "resize", "web-1", "128M");
    program.succeed("disk", "snapshot", "create", "web-1", "before");
    program.succeed("disk", "flatten", "web-1");
    program.succeed("base", "prune", "--unused-for", "0s", "--min-age", "0s");
    assertThat(pool.keys("base/")).isEmpty();
    Path extracted = folder.resolve("extracted.qcow2");
    program.succeed("disk", "extract", "web-1", extracted, "--format", "qcow2");
    Tools.assertSame(extracted, "qcow2", raw, "raw");
    assertThat(program.succeed("pool", "check")).contains("librbd", "making clones");
    program.succeed("disk", "delete", "web-1");
    assertThat(pool.images()).isEmpty();
    assertThat(pool.keys("")).containsExactly("pool");
  }

  @Test
  void libvirtIsNotToldWhatItDoesNotUnderstand() throws Exception {
    Program program = pool.program();
    program.succeed("disk", "create", "web-1", "--blank", "--size", "1M");

    assertThat(program.fail(Reason.UNSUPPORTED, "disk", "attach", "web-1"))
        .contains("cannot name an image in the namespace", "-blockdev");
    assertThat(program.succeed("disk", "attach", "web-1", "--output", "json"))
        .contains("\"path\":null", "\"libvirt\":null", "\"namespace\":\"test-");
  }

  @Test
  void aWrongKeyringIsRefusedAndNotShown() throws Exception {
    Path keyring = folder.resolve("wrong.keyring");
    String key = "AQAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAAAA==";
    Files.writeString(keyring, "[client.diskwright]\n\tkey = " + key + "\n");
    Program program = pool.program("keyring: '" + keyring + "'", "timeout: 5s");

    assertThat(program.fail(Reason.PERMISSION_DENIED, "disk", "list")).doesNotContain(key);
  }

  @Test
  void aPoolThatIsNotThereIsNamed() throws Exception {
    Program program =
        new Program(Files.createTempDirectory(folder, "home"))
            .configured(
                "default-pool: p",
                "pools:",
                "  p: {backend: rbd, pool: nowhere, user: diskwright, ceph-conf: '%s'}"
                    .formatted(ceph.conf()));

    assertThat(program.fail(Reason.NOT_FOUND, "disk", "list")).contains("nowhere");
  }

  @Test
  void aClusterThatDoesNotAnswerIsUnavailable() throws Exception {
    Program program = pool.program("timeout: 2s");
    program.succeed("disk", "list");
    try (Ceph.Frozen frozen = ceph.freezeOsd()) {
      assertThat(frozen).isNotNull();
      assertThat(program.fail(Reason.UNAVAILABLE, "disk", "list")).contains("ceph -s");
      program.fail(Reason.UNAVAILABLE, "disk", "create", "web-1", "--image", raw);
    }
    program.succeed("disk", "create", "web-1", "--image", raw);
    pool.assertReads("web-1", raw);
  }
}
