package io.diskwright.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
  private static final List<String> KNOWN = List.of("raw", "rbd", "path", "virtual-size-limit");

  @ParameterizedTest
  @CsvSource({
    "rdb, rbd",
    "row, raw",
    "pth, path",
    "paht, path",
    "paths, path",
    "Path, path",
    "virtual-size-limt, virtual-size-limit",
    "virtual-limit, virtual-size-limit"
  })
  void aSlipIsRecognised(String word, String meant) {
    assertThat(Nearest.find(word, KNOWN)).contains(meant);
  }

  @ParameterizedTest
  @CsvSource({"zfs", "lvm", "''", "volume-group"})
  void anotherWordIsNotTakenForASlip(String word) {
    assertThat(Nearest.find(word, KNOWN)).isEmpty();
  }

  @Test
  void anEndlessWordIsNotCompared() {
    assertThat(Nearest.find("x".repeat(1_000_000), KNOWN)).isEmpty();
  }
}
