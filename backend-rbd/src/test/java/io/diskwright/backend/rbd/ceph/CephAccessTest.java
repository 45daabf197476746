package io.diskwright.backend.rbd.ceph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CephAccessTest {
  private static CephAccess access(Duration timeout, Map<String, String> options) {
    return new CephAccess(Optional.empty(), "diskwright", Optional.empty(), timeout, options);
  }

  @Test
  void showsTheNamesOfOptionsButNotTheirValues() {
    CephAccess access =
        access(Duration.ofSeconds(5), Map.of("key", "AQBsecret==", "rbd_cache", "false"));

    assertThat(access).asString().contains("[key, rbd_cache]").doesNotContain("AQB", "false");
  }

  @ParameterizedTest
  @CsvSource({"PT0.001S, 1", "PT1S, 1", "PT1.5S, 2", "PT2M, 120"})
  void roundsTheTimeoutUpToSeconds(Duration timeout, String seconds) {
    assertThat(access(timeout, Map.of()).seconds()).isEqualTo(seconds);
  }

  @Test
  void refusesATimeoutThatIsForEver() {
    assertThatThrownBy(() -> access(Duration.ZERO, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("timeout (PT0S) must be greater than 0");
  }

  @Test
  void refusesNamesThatWouldArriveShortened() {
    assertThatThrownBy(() -> access(Duration.ofSeconds(1), Map.of("a\0b", "")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("option must not hold a zero character");
    assertThatThrownBy(() -> access(Duration.ofSeconds(1), Map.of("key", "secret\0")))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("secret");
  }
}
