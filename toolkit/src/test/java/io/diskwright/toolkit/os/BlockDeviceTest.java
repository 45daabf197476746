package io.diskwright.toolkit.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockDeviceTest {
  /** The largest that Linux has pages of. */
  private static final int PAGE = 64 * 1024;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 512, 4095, 4096, 4097, 1_000_000})
  void buffersOfWhateverCapacityBeginWhereDeviceWritesNeedIt(int capacity) {
    for (int i = 0; i < 20; i++) {
      ByteBuffer buffer = BlockDevice.buffer(capacity);

      assertThat(buffer.capacity()).isEqualTo(capacity);
      assertThat(buffer.alignmentOffset(0, BlockDevice.BLOCK)).isZero();
    }
  }

  @Test
  void onlyWholePagesMayGoPastThePageCacheBesideOthers() {
    ByteBuffer pages = BlockDevice.buffer(2 * PAGE);

    assertThat(BlockDevice.fillsPages(3L * PAGE, pages)).isTrue();
    assertThat(BlockDevice.fillsPages(3L * PAGE + 512, pages)).isFalse();
    assertThat(BlockDevice.fillsPages(0, pages.slice(0, PAGE - 512))).isFalse();
    assertThat(BlockDevice.fillsPages(0, pages.slice(512, PAGE))).isFalse();
    assertThat(BlockDevice.fillsPages(0, ByteBuffer.allocate(PAGE))).isFalse();
  }
}
