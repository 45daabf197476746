package io.diskwright.it.lvm;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.diskFrom;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.backend.lvm.lvm2.VolumeGroup;
import io.diskwright.core.Diskwright;
import io.diskwright.core.Pool;
import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.Program;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Finding;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool on a real thin pool: the life of disks, and what goes wrong with LVM. */
class PoolInGuest {
  private static final int MIB = 1 << 20;
  private static final DiskName WEB = new DiskName("web_1");
  private static final String VOLUME = "dw.disk.web+1";

  @TempDir Path folder = Path.of("");
  private Lvm2 lvm;
  private Path config = Path.of("");

  @BeforeEach
  void makeGroup() throws Exception {
    lvm = Lvm2.group("pool", "64M", "4M");
    config = lvm.pool(folder);
  }

  @AfterEach
  void removeGroup() throws Exception {
    lvm.close();
  }

  private Path image() throws IOException {
    return Images.raw(folder.resolve("image.raw"), 6, 3 * MIB + 512);
  }

  private static Pool pool(Diskwright diskwright) throws DiskException {
    return diskwright.defaultPool();
  }

  @Test
  void imagesBecomeOneBaseAndDisksAreSnapshotsOfIt() throws Exception {
    Path raw = image();
    Path qcow2 = folder.resolve("image.qcow2");
    Tools.run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, qcow2);
    Path compressed = folder.resolve("compressed.qcow2"); // which a tool must read
    Tools.run("qemu-img", "convert", "-c", "-f", "raw", "-O", "qcow2", raw, compressed);
    try (Diskwright diskwright = Diskwright.open(config)) {
      for (Path image : List.of(raw, qcow2, compressed)) {
        String name = String.valueOf(image.getFileName());
        diskwright.provision(diskFrom(name + "-1", image).size(9 * MIB).build(), call());
        ProvisionResult second =
            diskwright.provision(diskFrom(name + "-2", image).size(9 * MIB).build(), call());

        assertThat(second.bytesMoved()).isZero();
        assertThat(Images.readsAs(second.disk().path().orElseThrow(), raw)).isTrue();
        assertThat(lvm.field("origin", "dw.disk." + name + "-2")).startsWith("dw.base.");
      }
      assertThat(pool(diskwright).bases(call())).hasSize(3);
      assertThat(pool(diskwright).verify(pool(diskwright).bases(call()).get(0), call()).toString())
          .contains("SOUND");
      assertThat(pool(diskwright).check(call()))
          .extracting(Finding::subject)
          .contains("room in the thin pool", "free space");
    }
  }

  @Test
  void aNameThatAVolumeOfOthersHasIsNotOurs() throws Exception {
    lvm.change("lvcreate", "-L", "4M", "-n", VOLUME);
    try (Diskwright diskwright = Diskwright.open(config)) {
      assertThat(pool(diskwright).find(WEB, call())).isEmpty();
      assertThat(pool(diskwright).delete(WEB, call())).isFalse();
      assertThat(
              failure(() -> diskwright.provision(ProvisionRequest.blank(WEB, MIB).build(), call())))
          .hasMessageContaining(VOLUME + " has its name")
          .extracting(DiskException::reason)
          .isEqualTo(Reason.ALREADY_EXISTS);
      assertThat(pool(diskwright).recover(call()).swept()).isEmpty();
    }
    assertThat(lvm.volumes()).contains(VOLUME);
  }

  @Test
  void aThinPoolThatIsAboutToFillRefuses() throws Exception {
    try (Diskwright diskwright = Diskwright.open(config)) {
      ProvisionResult filling =
          diskwright.provision(ProvisionRequest.blank(WEB, 62 * MIB).build(), call());
      try (OutputStream device = Files.newOutputStream(filling.disk().path().orElseThrow())) {
        device.write(new byte[62 * MIB]);
      }
      assertThat(Double.parseDouble(lvm.field("data_percent", Lvm2.THIN_POOL))).isGreaterThan(95);

      DiskName next = new DiskName("next");
      DiskException refused =
          failure(() -> diskwright.provision(ProvisionRequest.blank(next, MIB).build(), call()));
      assertThat(refused.reason()).isEqualTo(Reason.NO_SPACE);
      assertThat(refused).hasMessageContaining("of its data 96.9 %");
      assertThat(failure(() -> diskwright.provision(diskFrom("b", image()).build(), call())))
          .extracting(DiskException::reason)
          .isEqualTo(Reason.NO_SPACE);
      assertThat(pool(diskwright).check(call()))
          .filteredOn(finding -> !finding.answer().yes())
          .extracting(Finding::subject)
          .contains("room in the thin pool");

      assertThat(pool(diskwright).delete(WEB, call())).isTrue();
      diskwright.provision(ProvisionRequest.blank(next, MIB).build(), call());
    }
    assertThat(lvm.volumes()).containsExactlyInAnyOrder(Lvm2.THIN_POOL, "dw.disk.next");
  }

  @Test
  void aThinPoolWhoseMetadataAreAboutToFillRefuses() throws Exception {
    lvm.close();
    lvm = Lvm2.group("pool", "64M", "2M");
    config = lvm.pool(folder);
    try (Diskwright diskwright = Diskwright.open(config)) {
      diskwright.provision(ProvisionRequest.blank(WEB, MIB).build(), call());
      fillMetadata();

      DiskException refused =
          failure(() -> diskwright.provision(diskFrom("b", image()).build(), call()));
      assertThat(refused.reason()).isEqualTo(Reason.NO_SPACE);
      assertThat(refused).hasMessageContaining("nothing is made beyond 95 and 90");
      assertThat(pool(diskwright).check(call()))
          .filteredOn(finding -> !finding.answer().yes())
          .extracting(Finding::subject)
          .contains("room in the thin pool");
      assertThat(pool(diskwright).delete(WEB, call())).isTrue();
    }
    assertThat(lvm.volumes()).containsExactly(Lvm2.THIN_POOL);
  }

  @Test
  void aGroupWithoutRoomForMoreMetadataIsToldByTheCheck() throws Exception {
    String subject = "room in the group's metadata";
    try (Diskwright diskwright = Diskwright.open(config)) {
      assertThat(pool(diskwright).check(call()))
          .filteredOn(finding -> finding.subject().equals(subject))
          .singleElement()
          .matches(finding -> finding.answer().yes());
      List<String> tags = new ArrayList<>(List.of("vgchange"));
      for (int i = 0; i < 480; i++) { // of a KiB each, and written twice into the MiB there is
        tags.addAll(List.of("--addtag", "%04d".formatted(i).repeat(250)));
      }
      lvm.change(tags.toArray(String[]::new));

      assertThat(pool(diskwright).check(call()))
          .filteredOn(finding -> finding.subject().equals(subject))
          .singleElement()
          .matches(finding -> !finding.answer().yes());
    }
  }

  /** Each thin device takes a block of them, also one that lvm2 does not know. */
  private void fillMetadata() throws Exception {
    int device = 1000;
    while (Double.parseDouble(lvm.field("metadata_percent", Lvm2.THIN_POOL)) <= 91) {
      for (int end = device + 30; device < end; device++) {
        Tools.run("dmsetup", "message", lvm.name() + "-tp-tpool", "0", "create_thin " + device);
      }
    }
  }

  /** Going back to a snapshot takes the disk's device away first. */
  @Test
  void aDiskThatDoesNotGoBackInTimeHasItsDeviceAgain() throws Exception {
    Path home = Files.createDirectory(folder.resolve("home"));
    Program program =
        new Program(home).configured(Files.readAllLines(config).toArray(String[]::new));
    String unused = program.succeed("disk", "create", "web", "--blank", "--size", "1MiB");
    unused = program.succeed("disk", "snapshot", "create", "web", "first");
    Path device = Path.of("/dev", lvm.name(), "dw.disk.web");
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Path hanging =
        Files.writeString(
            bin.resolve("lvm"),
            "#!/bin/sh\n[ \"$1\" != lvcreate ] || exec sleep 600\nexec '%s' \"$@\"\n"
                .formatted(VolumeGroup.TOOL.find().orElseThrow()));
    Files.setPosixFilePermissions(hanging, PosixFilePermissions.fromString("rwxr-xr-x"));

    String failure =
        program
            .with("PATH", bin + ":" + System.getenv("PATH"))
            .fail(
                Reason.OUTCOME_UNKNOWN,
                "disk",
                "snapshot",
                "rollback",
                "web",
                "first",
                "--deadline",
                "15s");

    assertThat(failure).contains("make thin snapshot");
    assertThat(device).exists();
  }

  @Test
  void aCommandThatHangsEndsAtTheDeadline() throws Exception {
    try (Diskwright diskwright = Diskwright.open(config)) {
      diskwright.provision(ProvisionRequest.blank(WEB, MIB).build(), call());
      try (Locked all = Locked.by("-x", lvm.name())) {
        assertThat(all).isNotNull();
        assertThat(failure(() -> pool(diskwright).delete(WEB, shortly())).reason())
            .isEqualTo(Reason.UNAVAILABLE);
      }
      try (Locked changes = Locked.by("-s", lvm.name())) {
        assertThat(changes).isNotNull();
        assertThat(failure(() -> pool(diskwright).delete(WEB, shortly())).reason())
            .isEqualTo(Reason.OUTCOME_UNKNOWN);
      }
      pool(diskwright).delete(WEB, call());
      assertThat(pool(diskwright).disks(call())).isEmpty();
      diskwright.provision(ProvisionRequest.blank(WEB, MIB).build(), call());
    }
  }

  private static Call shortly() {
    return Call.within(Duration.ofSeconds(4));
  }

  /** lvm2's own lock of a group, held by somebody: its commands wait for it without an end. */
  private record Locked(Process holder) implements AutoCloseable {
    static Locked by(String mode, String group) throws Exception {
      Process holder =
          new ProcessBuilder(
                  "flock", mode, "/run/lock/lvm/V_" + group, "sh", "-c", "echo; exec cat")
              .start();
      assertThat(holder.getInputStream().read()).isEqualTo('\n');
      return new Locked(holder);
    }

    @Override
    public void close() throws IOException {
      holder.getOutputStream().close();
      holder.onExit().join();
    }
  }

  @Test
  void theProgramSaysWhatItLacks() throws Exception {
    String[] lines = Files.readAllLines(config).toArray(String[]::new);
    Path home = Files.createDirectory(folder.resolve("home"));
    Program bare = new Program(home).configured(lines).with("PATH", "/usr/bin:/bin");
    assertThat(bare.succeed("backend", "list"))
        .contains("there is no program lvm", "apt-get install lvm2");
    assertThat(bare.fail(Reason.UNAVAILABLE, "disk", "list")).contains("lvm2");

    Program nobody =
        new Program(home)
            .configured(lines)
            .through("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(nobody.fail(Reason.PERMISSION_DENIED, "disk", "list")).contains("root");
  }
}
