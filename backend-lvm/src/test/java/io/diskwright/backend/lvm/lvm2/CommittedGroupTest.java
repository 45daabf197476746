package io.diskwright.backend.lvm.lvm2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskwright.backend.lvm.lvm2.GroupMetadata.Extents;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What lvm2 2.03.16 has written is read as it reports it. */
class CommittedGroupTest {
  private static final long EXTENT = 512 * 1024;

  private static final String TEXT =
      """
      vg {
      id = "POpxLZ-BGPF-xrjB-TqXP-Piek-cpmy-wvKOdk"
      seqno = 16
      status = ["RESIZEABLE", "READ", "WRITE"]
      flags = []
      extent_size = 1024
      physical_volumes {
      pv0 {
      status = ["ALLOCATABLE"]
      flags = []
      pe_count = 8190
      }
      pv1 {
      status = ["ALLOCATABLE"]
      flags = []
      pe_count = 8190
      }
      }
      logical_volumes {
      tp {
      id = "pool"
      status = ["READ", "WRITE", "VISIBLE"]
      segment_count = 1
      segment1 {
      extent_count = 4096
      type = "thin-pool+CROP_METADATA"
      metadata = "tp_tmeta"
      pool = "tp_tdata"
      zero_new_blocks = 1
      message1 {
      create = "disk"
      }
      }
      }
      disk {
      id = "thin"
      status = ["READ", "WRITE", "VISIBLE"]
      tags = ["dw:name=a/b:c&#!", "x=y"]
      segment_count = 1
      segment1 {
      extent_count = 2048
      type = "thin"
      thin_pool = "tp"
      origin = "base"
      }
      }
      lin {
      id = "linear"
      status = ["READ", "VISIBLE"]
      segment_count = 2
      segment1 {
      extent_count = 200
      type = "striped"
      stripe_count = 1
      stripes = [
      "pv0", 4128
      ]
      }
      segment2 {
      extent_count = 400
      type = "striped"
      stripe_count = 1
      stripes = [
      "pv0", 4428
      ]
      }
      }
      cow {
      id = "store"
      status = ["READ", "WRITE"]
      segment_count = 1
      segment1 {
      extent_count = 40
      type = "striped"
      stripe_count = 2
      }
      }
      tp_tdata {
      id = "data"
      status = ["READ", "WRITE"]
      segment_count = 1
      segment1 {
      extent_count = 4096
      type = "striped"
      stripe_count = 1
      }
      }
      snapshot0 {
      id = "snapshot"
      status = ["READ", "WRITE", "VISIBLE"]
      segment_count = 1
      segment1 {
      extent_count = 600
      type = "snapshot"
      origin = "lin"
      cow_store = "cow"
      }
      }
      }
      }
      contents = "Text Format Volume Group"
      version = 1
      """;

  private static Optional<CommittedGroup> read(String text) {
    return CommittedGroup.read(text, "vg", "POpxLZ-BGPF-xrjB-TqXP-Piek-cpmy-wvKOdk", "");
  }

  private static Volume volume(String name) {
    return read(TEXT).orElseThrow().volumes().stream()
        .filter(volume -> volume.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatLvm2ListsIsListed() {
    assertThat(read(TEXT).orElseThrow().volumes())
        .extracting(Volume::name)
        .containsExactlyInAnyOrder("tp", "disk", "lin", "cow");
  }

  @Test
  void volumesAreReadAsLvm2ReportsThem() {
    Volume disk = volume("disk");
    assertThat(disk.uuid()).isEqualTo("thin");
    assertThat(disk.size()).isEqualTo(2048 * EXTENT);
    assertThat(disk.kind()).isEqualTo("thin");
    assertThat(disk.thinPool()).isEqualTo("tp");
    assertThat(disk.origin()).isEqualTo("base");
    assertThat(disk.tags()).containsExactly("dw:name=a/b:c&#!", "x=y");
    assertThat(disk.writable()).isTrue();

    assertThat(volume("lin").size()).isEqualTo(600 * EXTENT);
    assertThat(volume("lin").kind()).isEqualTo("linear");
    assertThat(volume("lin").writable()).isFalse();
    assertThat(volume("lin").origin()).isEmpty();
    assertThat(volume("cow").kind()).isEqualTo("striped");
    assertThat(volume("cow").origin()).isEqualTo("lin");
    assertThat(volume("tp").kind()).isEqualTo("thin-pool");
    assertThat(volume("tp").zeroes()).isTrue();
  }

  @Test
  void extentsOfEveryVolumeAreTaken() {
    assertThat(read(TEXT).orElseThrow().extents())
        .contains(new Extents(16380 * EXTENT, (16380 - 4096 - 600 - 40) * EXTENT));
  }

  @Test
  void ofOtherKindsOnlyLvm2CountsTheExtents() {
    CommittedGroup group = read(TEXT.replace("\"striped\"", "\"mirror\"")).orElseThrow();

    assertThat(group.extents()).isEmpty();
    assertThat(group.volumes()).hasSize(4);
  }

  @Test
  void aGroupWithoutVolumesIsEmpty() {
    String text = TEXT.replaceFirst("(?s)logical_volumes \\{.*\\}\\n(?=\\}\\ncontents)", "");

    assertThat(read(text).orElseThrow())
        .isEqualTo(
            new CommittedGroup(
                List.of(), Optional.of(new Extents(16380 * EXTENT, 16380 * EXTENT))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vg { | other {",
        "POpxLZ | POpxLX",
        "seqno = 16 | system_id = somebody",
        "seqno = 16 | lock_type = sanlock",
        "\"RESIZEABLE\" | \"EXPORTED\"",
        "flags = []\\npe_count | flags = [\"MISSING\"]\\npe_count",
        "Text Format Volume Group | another",
        "version = 1 | version = 2",
      })
  void ofAnotherGroupOrAHinderedOneLvm2IsAsked(String part, String instead) {
    String text = TEXT.replace(part.replace("\\n", "\n"), instead.replace("\\n", "\n"));

    assertThat(text).isNotEqualTo(TEXT);
    assertThat(read(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"id = \"thin\"", "segment_count = 2", "extent_count = 2048", "version = 1"})
  void whatLacksSomethingIsRefused(String part) {
    String text = TEXT.replace(part, part.replaceFirst("\\w+", "other"));

    assertThat(text).isNotEqualTo(TEXT);
    assertThatThrownBy(() -> read(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
