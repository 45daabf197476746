package io.diskwright.toolkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskwright.spi.Answer;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Why a tool has ended is told as what it most likely means. */
class ToolFailureTest {
  private static final CageLimits LIMITS = new CageLimits(1 << 20, Duration.ofSeconds(7), 4096, 32);

  private static DiskException failure(int status, String complaint) {
    return ToolFailure.of("convert image", "qemu-img", status, complaint, LIMITS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "152 | CPU time limit exceeded | 7 s of processor time",
        "153 | File size limit exceeded | 4096 bytes for a file",
        "1 | error while writing: File too large | 4096 bytes for a file",
        "1 | Cannot allocate memory | 1048576 bytes of memory",
        "133 | GLib: failed to allocate 65536 bytes | 1048576 bytes of memory",
        "1 | Too many open files | 32 open files"
      })
  void aLimitThatIsExceededIsTheImagesFault(int status, String complaint, String limit) {
    DiskException failure = failure(status, complaint);

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure)
        .hasMessageContaining("the image made qemu-img exceed its limit of " + limit)
        .hasMessageContaining(complaint);
    assertThat(failure.nativeCode()).hasValue(status);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | No space left on device | NO_SPACE",
        "1 | Failed to get shared \"write\" lock | IN_USE",
        "139 | Segmentation fault | IO_ERROR",
        "125 | the cage could not be made: this failed: mount | UNAVAILABLE",
        "125 | the cage could not be made: another file is called /x now | IMAGE_UNACCEPTABLE"
      })
  void allElseIsWhatItSays(int status, String complaint, Reason reason) {
    assertThat(failure(status, complaint).reason()).isEqualTo(reason);
    assertThat(failure(status, complaint).remedy()).isPresent();
  }

  @Test
  void withoutACageThereAreNoLimits() {
    DiskException failure = ToolFailure.of("do a test", "sh", 1, "Cannot allocate memory", null);

    assertThat(failure.reason()).isEqualTo(Reason.IO_ERROR);
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 0, 16", "1, 0, 0, 16", "1, 1, -1, 16", "1, 1, 0, 15"})
  void limitsLeaveSomething(long memory, long seconds, long file, int files) {
    assertThatThrownBy(() -> new CageLimits(memory, Duration.ofSeconds(seconds), file, files))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatAHostDoesNotOfferIsAFindingForEachPart() {
    Map<CagePart, Answer> answers = new EnumMap<>(CagePart.class);
    for (CagePart part : CagePart.values()) {
      answers.put(part, Answer.ofYes());
    }
    assertThat(new CageSupport(answers, false).whole().yes()).isTrue();
    assertThat(new CageSupport(answers, false).findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.answer().yes()).isTrue());

    answers.put(CagePart.NETWORK, Answer.no("no such thing"));
    CageSupport without = new CageSupport(answers, false);

    assertThat(without.whole().reason()).contains("no network: no such thing");
    assertThat(without.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.subject()).contains("no network");
              assertThat(finding.answer().reason()).isEqualTo("no such thing");
            });
  }
}
