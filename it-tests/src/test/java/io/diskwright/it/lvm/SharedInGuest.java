package io.diskwright.it.lvm;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.diskFrom;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.Diskwright;
import io.diskwright.core.Pool;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.it.support.Await;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.backend.DiskName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group that hosts share, with LVM's own daemon for its locks, and sanlock behind that. */
class SharedInGuest {
  private static final int MIB = 1 << 20;
  private static final String GROUP = "shared";
  private static final Path CONFIGURATION = Path.of("/etc/lvm/lvm.conf");
  private static final DiskName FIRST = new DiskName("first");
  private static String configuration = "";

  @TempDir Path folder = Path.of("");

  @BeforeAll
  static void share() throws Exception {
    configuration = Files.readString(CONFIGURATION);
    Files.writeString(
        CONFIGURATION,
        "global { use_lvmlockd = 1 }\nlocal { host_id = 1 }\n",
        StandardOpenOption.APPEND);
    // Where there is systemd, it makes these.
    Files.createDirectories(Path.of("/run/sanlock"));
    Files.createDirectories(Path.of("/run/lvm"));
    Tools.run("sanlock", "daemon", "-w", "0", "-U", "root", "-G", "root");
    answers("sanlock", "client", "status");
    Tools.run("lvmlockd", "-g", "sanlock");
    answers("lvmlockctl", "--info");
    String[] disks = System.getenv("LVM_DISKS").split(" ", -1);
    Lvm2.run("vgcreate", "--shared", "-s", "512k", GROUP, disks[disks.length - 1]);
  }

  /** A daemon does, a moment after it has gone to the background. */
  private static void answers(String... question) throws Exception {
    ProcessBuilder asked = new ProcessBuilder(question);
    Await.until(String.join(" ", question), () -> Tools.run(asked).status() == 0);
  }

  @AfterAll
  static void endSharing() throws Exception {
    try {
      Lvm2.run("vgremove", "-ff", "-y", GROUP);
      Tools.run("lvmlockctl", "--quit");
      Tools.run("sanlock", "shutdown", "-f", "1", "-w", "1");
    } finally {
      Files.writeString(CONFIGURATION, configuration); // else no other test has its LVM
    }
  }

  @AfterEach
  void removeWhatIsOnIt() throws Exception {
    Lvm2.run("lvremove", "-ff", "-y", GROUP);
    for (String tag : tags()) {
      Lvm2.run("vgchange", "--deltag", tag, GROUP);
    }
  }

  private static List<String> tags() throws IOException {
    String tags = Lvm2.run("vgs", "--noheadings", "-o", "vg_tags", GROUP).strip();
    return Stream.of(tags.split(",", -1)).filter(tag -> !tag.isEmpty()).toList();
  }

  @Test
  void servesWithAThinPool() throws Exception {
    Lvm2.run("lvcreate", "--type", "thin-pool", "-L", "64M", "-n", Lvm2.THIN_POOL, GROUP);

    servesDisks(Lvm2.of(GROUP, Lvm2.THIN_POOL), true);
  }

  @Test
  void servesWithoutOne() throws Exception {
    servesDisks(Lvm2.of(GROUP, Lvm2.NO_THIN_POOL), false);
  }

  private void servesDisks(Lvm2 lvm, boolean thin) throws Exception {
    Path image = Images.raw(folder.resolve("image.raw"), 7, 3 * MIB);
    try (Diskwright diskwright = Diskwright.open(lvm.pool(folder, "allow-shared: true"))) {
      Pool pool = diskwright.defaultPool();
      ProvisionResult first = diskwright.provision(diskFrom("first", image).build(), call());
      ProvisionResult second = diskwright.provision(diskFrom("second", image).build(), call());

      pool.resize(FIRST, 5 * MIB, call());

      byte[] bytes = Files.readAllBytes(image);
      assertThat(device(first)).isEqualTo(Arrays.copyOf(bytes, 5 * MIB));
      assertThat(device(second)).isEqualTo(bytes);
      assertThat(pool.disks(call())).hasSize(2);
      assertThat(pool.check(call())).allMatch(finding -> finding.answer().yes());
      assertThat(pool.delete(FIRST, call())).isTrue();
      assertThat(lvm.volumes()).contains("dw.disk.second").doesNotContain("dw.disk.first");
      assertThat(lvm.volumes())
          .filteredOn(volume -> volume.startsWith("dw.base."))
          .hasSize(thin ? 1 : 0);
      assertThat(pool.recover(call()).kept()).isEmpty();
    }
  }

  private static byte[] device(ProvisionResult made) throws IOException {
    return Files.readAllBytes(made.disk().path().orElseThrow());
  }
}
