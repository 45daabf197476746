package io.diskwright.backend.rbd.ceph;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1:0/123",
        "v1:127.0.0.1:0/123",
        "v2:127.0.0.1:0/123",
        "any:127.0.0.1:0/123",
        "[v2:127.0.0.1:0/123,v1:127.0.0.1:0/123]"
      })
  void writesAddressesInOneWay(String said) {
    assertThat(Names.address(said)).isEqualTo("127.0.0.1:0/123");
  }

  @Test
  void keepsTheBracketsOfIpv6() {
    assertThat(Names.address("v1:[fd00::1]:0/123")).isEqualTo("[fd00::1]:0/123");
    assertThat(Names.address("[fd00::1]:0/123")).isEqualTo("[fd00::1]:0/123");
  }

  @Test
  void readsStringsUpToTheirZeros() {
    byte[] bytes = "ä\0\0last\0rest".getBytes(UTF_8);

    assertThat(Names.first(bytes)).isEqualTo("ä");
    assertThat(Names.list(bytes, 3)).containsExactly("ä", "", "last");
    assertThat(Names.list(bytes, 99)).containsExactly("ä", "", "last");
    assertThat(Names.first("full".getBytes(UTF_8))).isEqualTo("full");
  }
}
