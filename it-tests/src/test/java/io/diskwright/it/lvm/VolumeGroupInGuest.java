package io.diskwright.it.lvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.diskwright.backend.lvm.lvm2.Device;
import io.diskwright.backend.lvm.lvm2.GroupState;
import io.diskwright.backend.lvm.lvm2.RecordTags;
import io.diskwright.backend.lvm.lvm2.ThinPoolStatus;
import io.diskwright.backend.lvm.lvm2.Volume;
import io.diskwright.backend.lvm.lvm2.VolumeGroup;
import io.diskwright.backend.lvm.lvm2.VolumeNames;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A volume group with a thin pool, on a real device-mapper. */
class VolumeGroupInGuest {
  private static final long MIB = 1024L * 1024;
  private static final long EXTENT = 4 * MIB;

  private static final VolumeGroup GROUP = new VolumeGroup("vg-0");

  @BeforeAll
  static void makeGroup() throws Exception {
    String disk = System.getenv("LVM_DISKS").split(" ", -1)[0];
    lvm("vgcreate", GROUP.name(), disk);
    lvm("lvcreate", "--type", "thin-pool", "-L", "512M", "-n", "pool", GROUP.name());
  }

  @AfterAll
  static void removeGroup() throws Exception {
    lvm("vgremove", "-ff", "-y", GROUP.name());
  }

  private static void lvm(String... arguments) throws Exception {
    String[] command = new String[arguments.length + 1];
    command[0] = "lvm";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Tools.Result result = Tools.run(new ProcessBuilder(command));
    assertThat(result.status()).as(result.toString()).isZero();
  }

  private static Call call() {
    return Call.within(Duration.ofMinutes(1));
  }

  private static Volume volume(String name) throws DiskException {
    return GROUP.volume(name, call()).orElseThrow();
  }

  @Test
  void theGroupIsDescribed() throws Exception {
    GroupState state = GROUP.state(call()).orElseThrow();

    assertThat(state.uuid()).matches("[A-Za-z0-9-]{38}");
    assertThat(state.extentSize()).isEqualTo(EXTENT);
    assertThat(state.size()).isGreaterThan(1024 * MIB).isLessThanOrEqualTo(4096 * MIB);
    assertThat(state.free()).isPositive().isLessThan(state.size());
    assertThat(state.metadataFree()).isPositive().isLessThan(state.metadataSize());
    assertThat(state.lockType()).isEmpty();
    assertThat(state.partial()).isFalse();
  }

  @Test
  void aGroupThatIsNotThereIsNone() throws Exception {
    VolumeGroup none = new VolumeGroup("none");

    assertThat(none.state(call())).isEmpty();
    assertThat(catchThrowableOfType(DiskException.class, () -> none.volumes(call())))
        .hasMessageContaining("\"none\" not found");
  }

  @Test
  void aThinPoolTellsHowFullItIsAndThatItZeroes() throws Exception {
    Volume pool = volume("pool");

    assertThat(pool.kind()).isEqualTo("thin-pool");
    assertThat(pool.size()).isEqualTo(512 * MIB);
    assertThat(pool.zeroes()).isTrue();
    assertThat(pool.data()).isPresent();
    assertThat(pool.metadata()).isPresent();

    GROUP.createThin("filling", "pool", 64 * MIB, List.of(), call());
    try (OutputStream device = Files.newOutputStream(GROUP.device("filling"))) {
      device.write(new byte[(int) (64 * MIB)]);
    }
    String group = GROUP.state(call()).orElseThrow().uuid();
    ThinPoolStatus status = ThinPoolStatus.read(group, pool.uuid()).orElseThrow();
    ThinPoolStatus reported = ThinPoolStatus.of(volume("pool"));
    assertThat(status.data()).isGreaterThanOrEqualTo(12.5);
    assertThat(status.data()).isCloseTo(reported.data(), within(0.01));
    // What a transaction has freed is counted until it is committed.
    assertThat(status.metadata()).isCloseTo(reported.metadata(), within(5.0));
    assertThat(ThinPoolStatus.read(group, "none")).isEmpty();
    assertThat(Device.allocated(GROUP.device("filling"))).isEqualTo(64 * MIB);
    GROUP.remove("filling", call());
  }

  @Test
  void aThinVolumeKeepsItsRecordAsTagsThroughItsLife() throws Exception {
    TreeMap<String, String> record = new TreeMap<>();
    record.put("name", "web_1");
    record.put("asked.image", "https://x/ä b,c");
    List<String> tags = RecordTags.format(record);

    GROUP.createThin("life", "pool", 10 * MIB + 1, tags, call());

    Volume made = volume("life");
    assertThat(made.kind()).isEqualTo("thin");
    assertThat(made.thinPool()).isEqualTo("pool");
    assertThat(made.size()).isEqualTo(12 * MIB); // whole extents
    assertThat(made.active()).isTrue();
    assertThat(Device.read(GROUP.device("life"))).isEqualTo(new Device(made.uuid(), made.size()));
    assertThat(made.writable()).isTrue();
    assertThat(RecordTags.parse(made.tags())).isEqualTo(record);

    GROUP.rename("life", "life2", call());
    GROUP.extend("life2", 20 * MIB - 1, call());
    record.put("state", "published");
    GROUP.retag("life2", List.of(), List.of("dw:state=published"), call());

    Volume later = volume("life2");
    assertThat(later.uuid()).isEqualTo(made.uuid());
    assertThat(later.size()).isEqualTo(20 * MIB);
    assertThat(RecordTags.parse(later.tags())).isEqualTo(record);
    assertThat(GROUP.volume("life", call())).isEmpty();

    GROUP.remove("life2", call());

    assertThat(GROUP.volume("life2", call())).isEmpty();
  }

  @Test
  void aSnapshotReadsAsItsOriginAndGrowsAlone() throws Exception {
    GROUP.createThin("origin", "pool", 8 * MIB, List.of(), call());
    byte[] content = new byte[(int) MIB];
    new Random(6).nextBytes(content);
    try (OutputStream device = Files.newOutputStream(GROUP.device("origin"))) {
      device.write(content);
    }
    GROUP.deactivate("origin", call());
    GROUP.seal("origin", List.of("dw:state=published"), call());

    GROUP.createSnapshot("child", "origin", List.of("dw:size=1"), false, call());
    assertThat(volume("child").active()).isFalse();
    GROUP.extend("child", 16 * MIB, call());
    GROUP.activate("child", call());

    Volume snapshot = volume("child");
    assertThat(snapshot.origin()).isEqualTo("origin");
    assertThat(snapshot.size()).isEqualTo(16 * MIB);
    assertThat(snapshot.active()).isTrue();
    assertThat(snapshot.open()).isFalse();
    assertThat(volume("origin").writable()).isFalse();
    try (var device = Files.newByteChannel(GROUP.device("child"))) {
      assertThat(volume("child").open()).isTrue();
      var read = ByteBuffer.allocate((int) MIB);
      while (read.hasRemaining() && device.read(read) >= 0) {}
      assertThat(read.array()).isEqualTo(content);
      assertThat(device.size()).isEqualTo(16 * MIB);
    }
    GROUP.remove("child", call());
    GROUP.remove("origin", call());
  }

  @Test
  void aNameThatIsTakenIsNotReplaced() throws Exception {
    GROUP.createThin("taken", "pool", 4 * MIB, List.of("dw:of=one"), call());
    GROUP.createThin("other", "pool", 4 * MIB, List.of("dw:of=two"), call());

    DiskException again =
        catchThrowableOfType(
            DiskException.class,
            () -> GROUP.createThin("taken", "pool", 4 * MIB, List.of(), call()));
    DiskException renamed =
        catchThrowableOfType(DiskException.class, () -> GROUP.rename("other", "taken", call()));

    assertThat(again.reason()).isEqualTo(Reason.IO_ERROR);
    assertThat(again).hasMessageContaining("already exists");
    assertThat(renamed).hasMessageContaining("already exists");
    assertThat(volume("taken").tags()).containsExactly("dw:of=one");
    assertThat(volume("other").tags()).containsExactly("dw:of=two");
  }

  @Test
  void theLongestNamesThatFitAreTaken() throws Exception {
    String start = "dw.disk.";
    String name = "x_cdata-" + "y".repeat(127 - 5 - 1 - start.length() - 9);
    String fits = VolumeNames.of(start, name);
    assertThat(VolumeNames.fits(GROUP.name(), fits)).isTrue();
    assertThat(VolumeNames.fits(GROUP.name(), fits + 'y')).isFalse();

    GROUP.createThin(fits, "pool", 4 * MIB, List.of(), call());

    assertThat(volume(fits).active()).isTrue();
    assertThat(VolumeNames.nameBehind(start, fits)).contains(name);
    assertThat(
            catchThrowableOfType(
                DiskException.class,
                () -> GROUP.createThin(fits + 'y', "pool", 4 * MIB, List.of(), call())))
        .isNotNull();
    GROUP.remove(fits, call());
  }

  @Test
  void theDeviceOfAVolumeThatIsOpenStays() throws Exception {
    GROUP.createThin("open", "pool", 4 * MIB, List.of(), call());
    try (var device = Files.newByteChannel(GROUP.device("open"))) {
      assertThat(device.size()).isEqualTo(4 * MIB);
      assertThat(catchThrowableOfType(DiskException.class, () -> GROUP.deactivate("open", call())))
          .hasMessageContaining("in use");
      assertThat(catchThrowableOfType(DiskException.class, () -> GROUP.remove("open", call())))
          .hasMessageContaining("in use");
    }
    GROUP.remove("open", call());
  }
}
