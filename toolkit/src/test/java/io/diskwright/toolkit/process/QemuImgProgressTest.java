package io.diskwright.toolkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code qemu-img -p} prints becomes progress, however it is cut into pieces. */
class QemuImgProgressTest {
  private final List<Long> done = new ArrayList<>();
  private final QemuImgProgress progress =
      new QemuImgProgress("converting", 1000, (step, bytes, total) -> done.add(bytes));

  @Test
  void percentBecomesBytes() {
    progress.accept("    (0.00/100%)\r");
    progress.accept("    (12.50/100%)\r");
    progress.accept("    (100.00/100%)\r\n");

    assertThat(done).containsExactly(0L, 125L, 1000L);
  }

  @Test
  void ofSeveralInOnePieceTheLastCounts() {
    progress.accept("    (1.00/100%)\r    (2.00/100%)\r    (3.00/100%)\r");

    assertThat(done).containsExactly(30L);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void itMayBeCutAnywhere(long seed) {
    StringBuilder printed = new StringBuilder();
    for (int percent = 0; percent <= 100; percent++) {
      printed.append("    (").append(percent).append(".00/100%)\r");
    }
    Random random = new Random(seed);
    for (int at = 0; at < printed.length(); ) {
      int end = Math.min(printed.length(), at + 1 + random.nextInt(7));
      progress.accept(printed.substring(at, end));
      at = end;
    }

    assertThat(done).hasSize(101).isSorted().endsWith(1000L);
  }

  @Test
  void otherOutputIsNoProgress() {
    progress.accept("qemu-img: (nothing/100%) ".repeat(1000));

    assertThat(done).isEmpty();
  }

  @Test
  void moreThanAllIsAll() {
    progress.accept("(100.01/100%)");

    assertThat(done).containsExactly(1000L);
  }
}
