package io.diskwright.backend.lvm.lvm2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our names come back from names of volumes, which lvm2 and device-mapper take. */
class VolumeNamesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "web-1",
        "a_b",
        "snapshot",
        "pvmove0",
        "x_cdata",
        "x_tmeta_y",
        "x_rimage_0",
        "A.b-c_d",
        "9"
      })
  void aNameComesBackAndHoldsNoReservedWord(String name) {
    String volume = VolumeNames.of("dw.disk.", name);

    assertThat(volume).startsWith("dw.disk.").doesNotContain("_").matches("[A-Za-z0-9+.-]+");
    assertThat(VolumeNames.nameBehind("dw.disk.", volume)).contains(name);
  }

  @Test
  void namesOfOthersAreNotOurs() {
    assertThat(VolumeNames.nameBehind("dw.disk.", "root")).isEmpty();
    assertThat(VolumeNames.nameBehind("dw.disk.", "dw.disk.")).isEmpty();
    assertThat(VolumeNames.nameBehind("dw.disk.", "dw.base.x")).isEmpty();
  }

  @Test
  void hyphensCountTwice() {
    assertThat(VolumeNames.length("vg-0", "a-b")).isEqualTo(5 + 1 + 4);
    assertThat(VolumeNames.fits("vg", "x".repeat(124))).isTrue();
    assertThat(VolumeNames.fits("vg", "x".repeat(125))).isFalse();
    assertThat(VolumeNames.fits("vg", "x".repeat(123) + '-')).isFalse();
  }
}
