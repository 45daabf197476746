package io.diskwright.it.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.Diskwright;
import io.diskwright.core.provision.Disk;
import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.Host;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.LoopFs;
import io.diskwright.it.support.SharedCeph;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A machine boots from a disk that was made, attached as the disk says. */
class BootIT {
  @TempDir Path folder = Path.of("");

  private void assertBoots(Disk disk) throws Exception {
    Boot.assertBoots(disk, folder);
  }

  @ParameterizedTest
  @CsvSource({"xfs, raw", "xfs, qcow2", "ext4, raw", "ext4, qcow2", "btrfs, raw"})
  void aMachineBootsFromItsDisk(String fileSystem, String backend) throws Exception {
    try (LoopFs fs = LoopFs.up(fileSystem, "400M");
        Host host = Host.open(fs.mount().resolve(backend), backend)) {
      assertBoots(host.create("from-raw", Images.HELLO_RAW, 20L << 20).disk());
      assertBoots(host.create("from-qcow2", Images.HELLO_QCOW2, 1L << 30).disk());
      assertBoots(host.create("same-size", Images.HELLO_QCOW2).disk());
    }
  }

  @ParameterizedTest
  @CsvSource({"cluster-size: 512", "extended-l2: true", "base-format: keep"})
  void howADiskIsLaidOutIsNoMatter(String key) throws Exception {
    try (Host host = Host.open(folder.resolve("pool"), "qcow2", key)) {
      assertBoots(host.create("disk", Images.HELLO_QCOW2, 20L << 20).disk());
    }
  }

  @Test
  void aMachineBootsFromAFolderOfAnOddName() throws Exception {
    for (String backend : new String[] {"raw", "qcow2"}) {
      try (Host host = Host.open(folder.resolve("a, b=c & 'd' ü " + backend), backend)) {
        assertBoots(host.create("disk", Images.HELLO_QCOW2, 20L << 20).disk());
      }
    }
  }

  @Test
  @ExtendWith(SharedCeph.class)
  void aMachineBootsFromACluster(Ceph ceph) throws Exception {
    try (Diskwright diskwright = Diskwright.open(ceph.yaml())) {
      for (Path image : new Path[] {Images.HELLO_RAW, Images.HELLO_QCOW2}) {
        String name = "boots-" + image.getFileName();
        assertBoots(
            diskwright
                .provision(Host.diskFrom(name, image).size(1L << 30).build(), Host.call())
                .disk());
      }
    }
  }

  @Test
  void fromABlankDiskNothingBoots() throws Exception {
    for (String backend : new String[] {"raw", "qcow2"}) {
      try (Host host = Host.open(folder.resolve(backend), backend)) {
        Path serial = folder.resolve("serial-" + backend);
        Process machine = Boot.machine(host.blank("blank", 20L << 20).disk(), serial).start();
        try {
          assertThat(machine.waitFor(10, TimeUnit.SECONDS)).as("it ends by itself").isFalse();
        } finally {
          machine.destroyForcibly().waitFor();
        }
        assertThat(Boot.said(serial)).doesNotContain(Boot.LINE);
      }
    }
  }
}
