package io.diskwright.backend.rbd.ceph;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageOptionsTest {
  @ParameterizedTest
  @ValueSource(longs = {0, -4096, 2048, 5000, 64 << 20, Long.MIN_VALUE})
  void refusesObjectSizesThatLibrbdDoes(long size) {
    assertThatThrownBy(
            () -> new ImageOptions(OptionalLong.empty(), OptionalLong.of(size), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("object size (%d) must be a power of two from 4096 to 33554432", size);
  }
}
