package io.diskwright.backend.lvm;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.backend.lvm.lvm2.ThinPoolStatus;
import io.diskwright.backend.lvm.lvm2.Volume;
import io.diskwright.spi.backend.DiskName;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class VolumesTest {
  private static final String FOLDER = "0b9b0a4c-9f8e-4a57-8f0e-3d5a4a8f1c11";
  private static final String ID = "00000000deadbeef";

  private static Volume volume(String name, long size, String thinPool, String... tags) {
    return new Volume(
        name,
        "uuid of " + name,
        size,
        "thin",
        thinPool,
        "",
        List.of(tags),
        true,
        false,
        true,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        false);
  }

  @Test
  void aTagSaysWhoMakesAVolumeAndWhenItIsWhole() {
    AttemptTag tag = new AttemptTag(AttemptTag.Kind.NEW, FOLDER, ID, 1 << 20);

    assertThat(
            AttemptTag.of(AttemptTag.Kind.NEW, volume("dw.disk.a", 0, "tp", "other", tag.text())))
        .contains(tag);
    assertThat(AttemptTag.of(AttemptTag.Kind.NEW, volume("dw.disk.a", 0, "tp", "dw-new:x:y:z")))
        .isEmpty();
  }

  @Test
  void aDiskIsWholeFromItsSizeOn() {
    String tag = new AttemptTag(AttemptTag.Kind.NEW, FOLDER, ID, 1 << 20).text();

    assertThat(Volumes.isWhole(volume("dw.disk.a", (1 << 20) - 512, "tp", tag))).isFalse();
    assertThat(Volumes.isWhole(volume("dw.disk.a", 1 << 20, "tp", tag))).isTrue();
    assertThat(Volumes.isWhole(volume("dw.disk.a", 512, "tp"))).isTrue();
    assertThat(Volumes.isWhole(volume("dw.new." + ID, 1 << 30, "tp"))).isFalse();
  }

  @Test
  void whatIsLeftIsOursAndInOurThinPool() {
    String tag = new AttemptTag(AttemptTag.Kind.NEW, FOLDER, ID, 512).text();
    Volume left = volume("dw.new.1", 512, "tp", tag);
    Volume beside = volume("dw.new.3", 512, "", tag);
    Volumes volumes =
        new Volumes(
            List.of(
                left,
                beside,
                volume("dw.new.2", 512, "other", tag),
                volume("dw.new.5", 512, "tp", "somebody's"),
                volume("new.4", 512, "tp", tag),
                volume("dw.disk.whole", 512, "tp", tag),
                volume("dw.gone.whole", 512, "", tag)));

    assertThat(volumes.leftIn("tp")).containsExactly(left);
    assertThat(volumes.leftIn("")).containsExactly(beside);
  }

  @Test
  void aDiskIsWhatHasReplacedIt() {
    String tag = new AttemptTag(AttemptTag.Kind.NEW, FOLDER, ID, 512).text();
    Volume old = volume("dw.disk.a", 512, "tp", tag, "dw:name=a", "dw-generation:1");
    Volume back = volume("dw.back.1", 512, "tp", tag, "dw:name=a", "dw-generation:2");
    Volume other = volume("dw.disk.b", 512, "tp", "dw:name=b");
    Volumes volumes = new Volumes(List.of(old, back, other));

    assertThat(volumes.disks("tp")).containsExactlyInAnyOrder(back, other);
    assertThat(volumes.disk("tp", new DiskName("a"))).contains(back);
    assertThat(volumes.disk("tp", new DiskName("b"))).contains(other);
    assertThat(volumes.disk("other", new DiskName("a"))).isEmpty();
    assertThat(volumes.ofDisk("tp", ID)).containsExactlyInAnyOrder(old, back);
  }

  @Test
  void aThinPoolHasRoomUntilDataOrMetadataAreNearlyFull() {
    assertThat(ThinSpace.hasRoom(new ThinPoolStatus(1, 95, 90))).isTrue();
    assertThat(ThinSpace.hasRoom(new ThinPoolStatus(1, 95.01, 0))).isFalse();
    assertThat(ThinSpace.hasRoom(new ThinPoolStatus(1, 0, 90.01))).isFalse();
  }
}
