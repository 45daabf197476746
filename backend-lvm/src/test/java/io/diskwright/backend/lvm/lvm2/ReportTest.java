package io.diskwright.backend.lvm.lvm2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lvm2 2.03.16 prints is read, and what is no report is told apart. */
class ReportTest {
  @Test
  void rowsAreReadByTheirFields() {
    String printed =
        """
          {
              "report": [
                  {
                      "lv": [
                          {"lv_name":"tp", "lv_size":"1073741824", "lv_tags":"a,b"},
                          {"lv_name":"x\\"y", "lv_size":"4194304", "lv_tags":""}
                      ]
                  }
              ]
              ,
              "log": [
              ]
          }
        """;

    assertThat(Report.rows(printed))
        .isEqualTo(
            List.of(
                Map.of("lv_name", "tp", "lv_size", "1073741824", "lv_tags", "a,b"),
                Map.of("lv_name", "x\"y", "lv_size", "4194304", "lv_tags", "")));
  }

  @Test
  void aReportMayHaveNoRows() {
    assertThat(Report.rows("{\"report\": [{\"vg\": []}]}")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no report",
        "{}",
        "[1]",
        "{\"report\": [{\"lv\": [{\"lv_name\":\"x\"",
        "{\"report\": [{\"lv\": [{\"lv_name\":[1]}]}]}"
      })
  void whatIsNoReportIsToldApart(String text) {
    assertThatThrownBy(() -> Report.rows(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
