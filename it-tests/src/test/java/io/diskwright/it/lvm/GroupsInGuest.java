package io.diskwright.it.lvm;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.diskFrom;
import static io.diskwright.it.support.Host.failure;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.Diskwright;
import io.diskwright.core.Pool;
import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.it.support.Images;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a group and its thin pool must be like, and what is taken when the configuration says so.
 */
class GroupsInGuest {
  private static final int MIB = 1 << 20;
  private static final DiskName WEB = new DiskName("web_1");

  @TempDir Path folder = Path.of("");
  private Lvm2 lvm;

  @BeforeEach
  void makeGroup() throws Exception {
    lvm = Lvm2.group("pool", "64M", "4M");
  }

  @AfterEach
  void removeGroup() throws Exception {
    lvm.close();
  }

  private Diskwright open(String... keys) throws IOException {
    return Diskwright.open(lvm.pool(folder, keys));
  }

  private static Pool pool(Diskwright diskwright) throws DiskException {
    return diskwright.defaultPool();
  }

  private void refuses(Reason reason, String said, String... keys) throws Exception {
    try (Diskwright diskwright = open(keys)) {
      DiskException refused = failure(() -> pool(diskwright).disks(call()));
      assertThat(refused).hasMessageContaining(said);
      assertThat(refused.reason()).isEqualTo(reason);
      assertThat(refused.remedy()).isPresent();
    }
  }

  @Test
  void aGroupThatLacksAPhysicalVolumeIsUnavailable() throws Exception {
    String second = System.getenv("LVM_DISKS").split(" ", -1)[0];
    Lvm2.run("vgextend", lvm.name(), second);
    try {
      try (OutputStream device = Files.newOutputStream(Path.of(second))) {
        device.write(new byte[MIB]);
      }
      refuses(Reason.UNAVAILABLE, "are missing");
    } finally {
      Lvm2.run("vgreduce", "--removemissing", lvm.name());
    }
  }

  @Test
  void whatIsNotAThinPoolToTrustIsRefused() throws Exception {
    lvm.change("lvcreate", "-L", "4M", "-n", "linear");
    refuses(Reason.CONFIGURATION, "is a linear volume", "thin-pool: linear");
    refuses(Reason.NOT_FOUND, "no volume 'nowhere'", "thin-pool: nowhere");
    refuses(Reason.CONFIGURATION, "must be a name that LVM takes", "volume-group: --version");
    refuses(Reason.NOT_FOUND, "no volume group 'nowhere'", "volume-group: nowhere");
    Lvm2.run("lvchange", "--zero", "n", lvm.name() + '/' + Lvm2.THIN_POOL);
    refuses(Reason.CONFIGURATION, "does not zero");
    Lvm2.run("lvchange", "--zero", "y", lvm.name() + '/' + Lvm2.THIN_POOL);
    Lvm2.run("lvchange", "--addtag", "dw:uuid=x", lvm.name() + '/' + Lvm2.THIN_POOL);
    refuses(Reason.CORRUPT, "no pool's marker");
  }

  @Test
  void aGroupOfAnotherHostIsTakenOnlyWhenItsIdIsGiven() throws Exception {
    String known = "global { system_id_source=lvmlocal } local { system_id=somebody }";
    Lvm2.run("vgchange", "-an", lvm.name());
    Lvm2.run("vgchange", "-y", "--systemid", "somebody", lvm.name());
    try {
      refuses(Reason.NOT_FOUND, "belongs to another host");
      takes("system-id: somebody");
      refuses(Reason.CONFIGURATION, "must be what LVM takes", "system-id: 'x\"]'");
    } finally {
      Lvm2.run("vgchange", "--config", known, "-an", lvm.name());
      Lvm2.run("vgchange", "-y", "--config", known, "--systemid", "", lvm.name());
    }
  }

  /** What was there before is beside each piece of the image, in the same chunk of the pool. */
  @Test
  void aBaseIsWhatItsImageIsAlsoWhereNothingIsZeroed() throws Exception {
    Lvm2.run("lvchange", "--zero", "n", lvm.name() + '/' + Lvm2.THIN_POOL);
    byte[] old = new byte[60 * MIB];
    Arrays.fill(old, (byte) 0xff);
    byte[] piece = Arrays.copyOf(old, 4096);
    piece[510] = 0x55; // a boot sector, or it would be no image that is known
    piece[511] = (byte) 0xaa;
    Path image = folder.resolve("holes.raw");
    try (FileChannel file = FileChannel.open(image, CREATE_NEW, WRITE)) {
      for (int at = 0; at < MIB; at += MIB / 4) {
        assertThat(file.write(ByteBuffer.wrap(piece), at)).isEqualTo(piece.length);
      }
      assertThat(file.write(ByteBuffer.allocate(1), MIB - 1)).isOne();
    }
    try (Diskwright diskwright = open("allow-no-zero: true")) {
      for (int i = 0; i < 2; i++) { // the thin pool hands out first what it never has
        ProvisionResult before =
            diskwright.provision(ProvisionRequest.blank(WEB, old.length).build(), call());
        try (OutputStream device = Files.newOutputStream(before.disk().path().orElseThrow())) {
          device.write(old);
        }
        assertThat(pool(diskwright).delete(WEB, call())).isTrue();
      }

      ProvisionResult disk = diskwright.provision(diskFrom("disk", image).build(), call());

      assertThat(Images.readsAs(disk.disk().path().orElseThrow(), image)).isTrue();
    }
  }

  private void takes(String key) throws Exception {
    try (Diskwright diskwright = open(key)) {
      Path image = Images.raw(folder.resolve("image.raw"), 6, 3 * MIB + 512);
      DiskName name = new DiskName("taken");
      diskwright.provision(diskFrom(name.value(), image).build(), call());
      assertThat(pool(diskwright).verify(pool(diskwright).bases(call()).get(0), call()).toString())
          .contains("SOUND");
      assertThat(pool(diskwright).delete(name, call())).isTrue();
    }
  }

  @Test
  void aSharedGroupIsTakenOnlyWhenThatIsAllowed() throws Exception {
    try (Diskwright diskwright = open()) {
      diskwright.provision(ProvisionRequest.blank(WEB, MIB).build(), call());
    }
    Path metadata = folder.resolve("metadata");
    Lvm2.run("vgcfgbackup", "-f", metadata.toString(), lvm.name());
    String own = Files.readString(metadata);
    Lvm2.run("vgchange", "-an", lvm.name());
    restore(
        Files.writeString(
            metadata,
            own.replaceFirst(
                "seqno = ", "lock_type = \"dlm\"\nlock_args = \"1.0.0:cluster\"\nseqno = ")));
    try {
      refuses(Reason.CONFIGURATION, "shared by hosts (lock type dlm)");
      try (Diskwright diskwright = open("allow-shared: true")) {
        assertThat(failure(() -> pool(diskwright).find(WEB, call())))
            .hasMessageContaining("lvmlockd");
      }
    } finally {
      restore(Files.writeString(metadata, own));
    }
  }

  private void restore(Path metadata) throws IOException {
    Lvm2.run("vgcfgrestore", "--force", "-y", "-f", metadata.toString(), lvm.name());
  }

  @Test
  void aGroupHasOnePool() throws Exception {
    try (Diskwright diskwright = open()) {
      pool(diskwright).disks(call());
    }
    refuses(Reason.CONFIGURATION, "has a pool already, in thin pool 'tp'", "-thin-pool");
    for (String tag : lvm.field("lv_tags", Lvm2.THIN_POOL).split(",", -1)) {
      Lvm2.run("lvchange", "--deltag", tag, lvm.name() + '/' + Lvm2.THIN_POOL);
    }
    try (Diskwright linear = open("-thin-pool")) {
      pool(linear).disks(call());
    }
    refuses(Reason.CONFIGURATION, "has a pool already, without a thin pool");
    refuses(Reason.CONFIGURATION, "wipe is for linear volumes", "wipe: zero");
  }
}
