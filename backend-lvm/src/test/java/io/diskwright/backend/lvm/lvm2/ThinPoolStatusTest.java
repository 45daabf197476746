package io.diskwright.backend.lvm.lvm2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThinPoolStatusTest {
  private static Optional<ThinPoolStatus> parse(String status) {
    return ThinPoolStatus.parse(new DeviceMapper.Status(1000, status));
  }

  @Test
  void itIsReadFromTheTargetsStatus() {
    ThinPoolStatus status =
        parse("7 512/1024 30/200 - rw discard_passdown queue_if_no_space - 1024 ").orElseThrow();

    assertThat(status).isEqualTo(new ThinPoolStatus(1000, 15, 50));
    assertThat(status.free()).isEqualTo(850);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Fail", "Error", "", "7 512/1024"})
  void aThinPoolThatHasFailedHasNone(String status) {
    assertThat(parse(status)).isEmpty();
  }
}
