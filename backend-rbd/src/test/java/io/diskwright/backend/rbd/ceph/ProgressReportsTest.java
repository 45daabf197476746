package io.diskwright.backend.rbd.ceph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskwright.toolkit.os.Errno;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressReportsTest {
  @Test
  void handsReportsOn() {
    List<String> seen = new ArrayList<>();

    int result =
        ProgressReports.during(
            (done, total) -> seen.add(done + " of " + total),
            reports -> reports.report(1, 2, null) + reports.report(2, 2, null));

    assertThat(result).isZero();
    assertThat(seen).containsExactly("1 of 2", "2 of 2");
  }

  @Test
  void endsTheCallWhenProgressSaysSo() {
    int result =
        ProgressReports.during((done, total) -> false, reports -> reports.report(0, 1, null));

    assertThat(result).isEqualTo(-Errno.ECANCELED);
  }

  @Test
  void throwsWhatProgressThrewOnlyAfterTheCallCameBack() {
    List<Integer> results = new ArrayList<>();

    assertThatThrownBy(
            () ->
                ProgressReports.during(
                    (done, total) -> {
                      throw new IllegalStateException("enough");
                    },
                    reports -> {
                      results.add(reports.report(0, 2, null));
                      results.add(reports.report(1, 2, null));
                      return 0;
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("enough");
    assertThat(results).containsExactly(-Errno.ECANCELED, -Errno.ECANCELED);
  }

  @Test
  void refusesCallsFromInside() {
    assertThatThrownBy(
            () ->
                ProgressReports.during(
                    (done, total) -> {
                      ProgressReports.refuseInside("image (vms/disk)");
                      return true;
                    },
                    reports -> reports.report(0, 1, null)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("image (vms/disk) is used inside a report of progress");

    ProgressReports.refuseInside("image (vms/disk)"); // and allows them again afterwards
  }
}
