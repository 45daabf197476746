package io.diskwright.backend.rbd.ceph;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ObjectWriteTest {
  @Test
  void refusesEmptyValuesWhichWouldReadAsAbsent() {
    ObjectWrite write = ObjectWrite.on("object");

    assertThatThrownBy(() -> write.setOmap(Map.of("key", new byte[0])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("value of key (key) must not be empty");
    assertThatThrownBy(() -> write.compareOmap("key", new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
