package io.diskwright.it.boot;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.diskFrom;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.core.Diskwright;
import io.diskwright.core.Pool;
import io.diskwright.core.provision.Disk;
import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.Host;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.Libvirt;
import io.diskwright.it.support.SharedCeph;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Resized;
import io.diskwright.spi.backend.SnapshotName;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.InUseException;
import io.diskwright.spi.error.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** libvirt's machines boot from disks, attached as the disks say. */
@ExtendWith(SharedCeph.class)
class LibvirtBootIT {
  private static final String LINE = "Hello from Diskwright";
  private static final String SECRET = UUID.randomUUID().toString();
  private static final long MIB = 1024 * 1024;
  private static final Pattern VIRSH = Pattern.compile("virsh blockresize DOMAIN (\\S+) (\\d+)B");
  private static final Pattern QMP = Pattern.compile("\\{\"execute\".*}}");

  private static Ceph ceph;
  private static Libvirt libvirt;

  @TempDir Path folder = Path.of("");

  /** The key goes from a file to a file: it is on no command line. */
  @BeforeAll
  static void libvirtHasTheKey(Ceph shared, @TempDir Path keys) throws Exception {
    ceph = shared;
    libvirt = Libvirt.up();
    Path key =
        Files.createFile(
            keys.resolve("key"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(key, keyIn(ceph.keyring("diskwright")));
    libvirt.defineSecret(SECRET, "client.diskwright secret", key);
  }

  private static String keyIn(Path keyring) throws Exception {
    return Files.readAllLines(keyring).stream()
        .map(line -> line.strip().split(" *= *", 2))
        .filter(option -> option[0].equals("key"))
        .map(option -> option[1])
        .findFirst()
        .orElseThrow();
  }

  @AfterAll
  static void libvirtEnds() throws Exception {
    libvirt.close();
  }

  private Diskwright open(String... keys) throws Exception {
    Path yaml = Files.createTempFile(folder, "diskwright", ".yaml");
    Files.write(
        yaml,
        List.of(
            "pools:",
            "  cluster: {backend: rbd, pool: vms, ceph-conf: '%s', user: diskwright, in-use-wait: 1s%s}"
                .formatted(ceph.conf(), keys.length == 0 ? "" : ", " + String.join(", ", keys))));
    return Diskwright.open(yaml);
  }

  private static Disk make(Diskwright diskwright, String name) throws Exception {
    return diskwright
        .provision(diskFrom(name, Images.HELLO_QCOW2).size(20 * MIB).build(), call())
        .disk();
  }

  private Domain boot(Disk disk) throws Exception {
    String name = disk.record().name().value();
    Domain domain = Domain.withDisk(libvirt, folder, name, disk.libvirtDisk("vda"));
    domain.awaitSaid(LINE);
    return domain;
  }

  private static void assertInUse(Pool pool, DiskName disk) {
    for (DiskException refusal :
        List.of(
            failure(() -> pool.delete(disk, call())),
            failure(() -> pool.flatten(disk, call())),
            failure(() -> pool.createSnapshot(disk, new SnapshotName("s"), call())))) {
      assertThat(refusal).isInstanceOf(InUseException.class);
    }
  }

  /** Does what a notice says, word by word, for a device that is shown beside a source. */
  private static void obey(Resized resized, Domain domain, String source) throws Exception {
    String notice = resized.machine().orElseThrow();
    Matcher virsh = VIRSH.matcher(notice);
    assertThat(virsh.find()).as(notice).isTrue();
    String device = virsh.group(1);
    if (device.equals("DEVICE")) {
      assertThat(notice).endsWith("beside " + source);
      device =
          domain
              .virsh("domblklist")
              .lines()
              .map(line -> line.strip().split(" +", 2))
              .filter(columns -> columns[1].equals(source))
              .map(columns -> columns[0])
              .findFirst()
              .orElseThrow();
    }
    domain.virsh("blockresize", device, virsh.group(2) + "B");
    assertThat(domain.virsh("domblkinfo", "vda"))
        .containsPattern("Capacity: +" + virsh.group(2) + "\\b");
  }

  @Test
  void aMachineOnAClusterGrowsAndHoldsItsDisk() throws Exception {
    try (Diskwright diskwright = open()) {
      Pool pool = diskwright.defaultPool();
      Disk disk = make(diskwright, "libvirt-by-usage");
      DiskName name = disk.record().name();
      assertThat(disk.libvirtDisk("vda")).contains("usage='client.diskwright secret'");
      try (Domain domain = boot(disk)) {
        assertInUse(pool, name);
        String image = disk.attachment().protocolNode().get("image").toString();
        obey(pool.resize(name, 40 * MIB, call()), domain, "vms/" + image);
      }
      assertThat(pool.flatten(name, call())).isTrue();
      assertThat(pool.delete(name, call())).isTrue();
    }
  }

  @Test
  void aSecretIsFoundByItsUuid() throws Exception {
    try (Diskwright diskwright = open("libvirt-secret: " + SECRET)) {
      Disk disk = make(diskwright, "libvirt-by-uuid");
      assertThat(disk.libvirtDisk("vda")).contains("uuid='" + SECRET + "'").doesNotContain("usage");
      boot(disk).close();
    }
  }

  @Test
  void inANamespaceQemuIsToldAndLibvirtPassesItOn() throws Exception {
    String namespace = "libvirt-" + UUID.randomUUID();
    ceph.rbd("namespace", "create", "vms/" + namespace);
    try (Diskwright diskwright = open("namespace: " + namespace)) {
      Pool pool = diskwright.defaultPool();
      Disk disk = make(diskwright, "in-a-namespace");
      DiskException refusal = failure(() -> disk.libvirtDisk("vda"));
      assertThat(refusal.reason()).isEqualTo(Reason.UNSUPPORTED);
      assertThat(refusal).hasMessageContaining("cannot name an image in the namespace");
      assertThat(refusal.remedy().orElseThrow()).contains("-blockdev");

      try (Domain domain =
          Domain.withBlockdev(
              libvirt, folder, "in-a-namespace", "root", disk.qemuBlockdev("root"))) {
        domain.awaitSaid(LINE);
        assertInUse(pool, disk.record().name());
        String notice = pool.resize(disk.record().name(), 40 * MIB, call()).machine().orElseThrow();
        Matcher qmp = QMP.matcher(notice);
        assertThat(qmp.find()).as(notice).isTrue();
        assertThat(notice).doesNotContain("virsh");
        domain.virsh("qemu-monitor-command", qmp.group().replace("NODE", "\"root\""));
        assertThat(domain.virsh("qemu-monitor-command", "{\"execute\": \"query-block\"}"))
            .contains("\"virtual-size\":" + 40 * MIB);
      }
    }
  }

  /** As long as this is so, such XML is refused: it would not work. */
  @Test
  void libvirtItselfLooksForANamespaceInTheNameOfAnImage() throws Exception {
    try (Diskwright diskwright = open()) {
      Disk disk = make(diskwright, "libvirt-misled");
      Path xml = folder.resolve("xml");
      String misled = disk.libvirtDisk("vda").replace("'vms/", "'vms/some-namespace/");
      Files.writeString(xml, misled);
      assertThat(misled).contains("vms/some-namespace/");

      AssertionError failure =
          catchThrowableOfType(
              AssertionError.class,
              () -> Domain.withDisk(libvirt, folder, "libvirt-misled", misled));

      assertThat(failure)
          .hasMessageContaining("error reading header from some-namespace/libvirt-misled");
    }
  }

  @Test
  void aMachineBootsFromAFileAndGrows() throws Exception {
    for (String backend : new String[] {"raw", "qcow2"}) {
      try (Host host = Host.open(folder.resolve(backend), backend)) {
        Disk disk = host.create("file-" + backend, Images.HELLO_QCOW2, 20 * MIB).disk();
        String path = disk.path().orElseThrow().toString();
        try (Domain domain = boot(disk)) {
          assertThat(failure(() -> host.pool().delete(disk.record().name(), call())))
              .isInstanceOf(InUseException.class);
          obey(host.pool().resize(disk.record().name(), 40 * MIB, call()), domain, path);
        }
        assertThat(Tools.run("qemu-img", "info", path)).contains("virtual size: 40 MiB");
      }
    }
  }
}
