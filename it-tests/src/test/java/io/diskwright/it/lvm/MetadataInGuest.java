package io.diskwright.it.lvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskwright.backend.lvm.lvm2.GroupMetadata;
import io.diskwright.backend.lvm.lvm2.GroupMetadata.Extents;
import io.diskwright.backend.lvm.lvm2.GroupState;
import io.diskwright.backend.lvm.lvm2.Volume;
import io.diskwright.backend.lvm.lvm2.VolumeGroup;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is read from the physical volumes is what lvm2 says, and lvm2 is not asked for it. */
class MetadataInGuest {
  private static final String NAME = "read-0";
  private static final VolumeGroup GROUP = new VolumeGroup(NAME);
  private static final String[] DISKS = System.getenv("LVM_DISKS").split(" ", -1);

  private GroupMetadata metadata;

  /** With areas so small that the metadata soon begins again at the start of them. */
  @BeforeEach
  void makeGroup() throws Exception {
    for (String disk : DISKS) {
      Lvm2.run("pvcreate", "-ff", "-y", "--metadatasize", "32k", "--dataalignment", "64k", disk);
    }
    Lvm2.run("vgcreate", "-s", "512k", NAME, DISKS[0], DISKS[1]);
    change("lvcreate", "--type", "thin-pool", "-L", "64M", "--poolmetadatasize", "4M", "-n", "tp");
    metadata = new GroupMetadata(GROUP, GROUP.state(call()).orElseThrow());
    assertThat(metadata.volumes(call())).isNotEmpty();
    assertThat(metadata.extents(call()).free()).isPositive();
  }

  @AfterEach
  void removeGroup() throws Exception {
    Lvm2.run("vgremove", "-ff", "-y", NAME);
    for (String disk : DISKS) {
      Lvm2.run("pvremove", "-ff", "-y", disk);
    }
  }

  private static void change(String... arguments) throws Exception {
    var unused = Lvm2.of(NAME, "tp").change(arguments);
  }

  private static Call call() {
    return Call.within(Duration.ofMinutes(1));
  }

  /** Of a call that is over, no question is asked. */
  private static Call over() {
    return Call.within(Duration.ZERO);
  }

  private record Known(
      String name, String uuid, long size, String pool, String origin, Set<String> tags) {}

  private static List<Known> known(List<Volume> volumes) {
    return volumes.stream()
        .map(
            volume ->
                new Known(
                    volume.name(),
                    volume.uuid(),
                    volume.size(),
                    volume.thinPool(),
                    volume.origin(),
                    Set.copyOf(volume.tags())))
        .sorted(Comparator.comparing(Known::name))
        .toList();
  }

  private void isRead() throws DiskException {
    assertThat(known(metadata.volumes(over()))).isEqualTo(known(GROUP.volumes(call())));
    GroupState state = GROUP.state(call()).orElseThrow();
    assertThat(metadata.extents(over())).isEqualTo(new Extents(state.size(), state.free()));
  }

  @Test
  void everyChangeIsReadAsLvm2TellsIt() throws Exception {
    isRead();
    change("lvcreate", "-V", "16M", "--thinpool", "tp", "-n", "dw.base.1");
    isRead();
    Lvm2.run(
        "lvcreate",
        "-s",
        "-kn",
        "-n",
        "dw.disk.a+b-c",
        "--addtag",
        "dw:name=a/b:c&#!",
        NAME + "/dw.base.1");
    Lvm2.run("lvextend", "-L", "40M", NAME + "/dw.disk.a+b-c");
    isRead();
    change("lvcreate", "-Zn", "-Wn", "-L", "10M", "-n", "linear");
    change("lvcreate", "-Zn", "-Wn", "-i", "2", "-L", "10M", "-n", "striped");
    Lvm2.run("lvextend", "-L", "20M", NAME + "/linear");
    isRead();
    Lvm2.run("lvcreate", "-s", "-L", "4M", "-n", "kept", NAME + "/linear");
    Lvm2.run("lvrename", NAME, "dw.base.1", "dw.base.2");
    Lvm2.run("lvchange", "--addtag", "x=y", NAME + "/striped");
    isRead();
    Lvm2.run("lvremove", "-f", NAME + "/dw.base.2", NAME + "/linear");
    isRead();
  }

  @Test
  void itIsReadWhereverItIsInItsArea() throws Exception {
    for (int i = 0; i < 12; i++) {
      change("vgchange", "--addtag", "t" + i + "-" + "x".repeat(900));
      assertThat(known(metadata.volumes(over()))).extracting(Known::name).containsExactly("tp");
    }
    isRead();
  }

  @Test
  void aVolumeWhoseExtentsAreNotKnownIsLeftToLvm2() throws Exception {
    change(
        "lvcreate",
        "--type",
        "mirror",
        "--mirrorlog",
        "core",
        "-m",
        "1",
        "-L",
        "2M",
        "-n",
        "m",
        "-an",
        "-Zn");

    assertThat(known(metadata.volumes(over()))).extracting(Known::name).containsExactly("m", "tp");
    assertThatThrownBy(() -> metadata.extents(over())).isInstanceOf(DiskException.class);
    assertThat(metadata.extents(call()).free()).isEqualTo(GROUP.state(call()).orElseThrow().free());
  }

  @Test
  void aPhysicalVolumeThatHasLeftIsNothingToGoBy() throws Exception {
    Lvm2.run("lvremove", "-f", NAME + "/tp");
    Lvm2.run("vgreduce", NAME, DISKS[0]);

    isRead();
  }

  @Test
  void anotherGroupOfThatNameIsNotTakenForIt() throws Exception {
    Lvm2.run("vgremove", "-ff", "-y", NAME);
    Lvm2.run("vgcreate", "-s", "512k", NAME, DISKS[0], DISKS[1]);

    assertThatThrownBy(() -> metadata.volumes(over())).isInstanceOf(DiskException.class);
  }
}
