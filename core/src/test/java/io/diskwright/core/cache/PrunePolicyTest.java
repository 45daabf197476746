package io.diskwright.core.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.diskwright.core.cache.PrunePolicy.Selection;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.BaseUsage;
import io.diskwright.spi.backend.DiskName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Which bases a policy lets go, and which not. */
class PrunePolicyTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration HOUR = Duration.ofHours(1);

  private static BaseUsage base(String image, Duration age, Duration unused) {
    BaseRecord record =
        BaseRecord.fromAttributes(
            Map.of(
                "key", "0".repeat(64),
                "storage-id", "x",
                "format", "raw",
                "length", "512",
                "virtual-size", "512",
                "image", image,
                "image-format", "raw",
                "verified", "inspected",
                "created", NOW.minus(age).toString()));
    return new BaseUsage(record, 100, NOW.minus(unused), false, List.of());
  }

  private static BaseUsage pinned(BaseUsage base) {
    return new BaseUsage(base.base(), base.allocated(), base.lastUsed(), true, base.users());
  }

  private static BaseUsage usedBy(BaseUsage base, String disk) {
    return new BaseUsage(
        base.base(), base.allocated(), base.lastUsed(), false, List.of(new DiskName(disk)));
  }

  private static PrunePolicy policy(Duration unusedFor, long maxSize) {
    return new PrunePolicy(
        unusedFor, maxSize < 0 ? OptionalLong.empty() : OptionalLong.of(maxSize), HOUR);
  }

  private static List<String> gone(PrunePolicy policy, BaseUsage... bases) {
    Selection selection = policy.select(List.of(bases), NOW);
    assertThat(selection.go().size() + selection.stay().size()).isEqualTo(bases.length);
    assertThat(selection.stay()).allSatisfy(kept -> assertThat(kept.reason()).isNotBlank());
    return selection.go().stream().map(usage -> usage.base().image()).toList();
  }

  @Test
  void thoseGoThatNobodyHasUsedForLong() {
    assertThat(
            gone(
                policy(DAY, -1),
                base("fresh", DAY.multipliedBy(9), HOUR),
                base("on the day", DAY.multipliedBy(9), DAY),
                base("old", DAY.multipliedBy(9), DAY.multipliedBy(2))))
        .containsExactly("old", "on the day");
  }

  @Test
  void neverOneThatIsPinnedOrUsedOrYoung() {
    BaseUsage old = base("old", DAY.multipliedBy(9), DAY.multipliedBy(9));
    BaseUsage young = base("young", HOUR.minusSeconds(1), HOUR.minusSeconds(1));
    for (PrunePolicy policy : List.of(policy(Duration.ZERO, -1), policy(Duration.ZERO, 0))) {
      assertThat(gone(policy, pinned(old), usedBy(old, "web-1"), young)).isEmpty();
      assertThat(gone(policy, old)).containsExactly("old");
    }
  }

  @Test
  void theLeastRecentlyUsedGoUntilTheRestFits() {
    BaseUsage[] bases = {
      base("c", DAY, HOUR.multipliedBy(1)),
      base("a", DAY, HOUR.multipliedBy(3)),
      pinned(base("p", DAY, HOUR.multipliedBy(4))),
      base("b", DAY, HOUR.multipliedBy(2)),
    };
    assertThat(gone(policy(DAY, 400), bases)).isEmpty();
    assertThat(gone(policy(DAY, 399), bases)).containsExactly("a");
    assertThat(gone(policy(DAY, 200), bases)).containsExactly("a", "b");
    assertThat(gone(policy(DAY, 0), bases)).containsExactly("a", "b", "c");
  }

  @Test
  void whatHasLeftCountsNoMoreForTheSize() {
    assertThat(
            gone(
                policy(DAY, 150),
                base("unused", DAY.multipliedBy(9), DAY.multipliedBy(2)),
                base("used", DAY.multipliedBy(9), HOUR)))
        .containsExactly("unused");
  }

  @Test
  void negativeNumbersAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> policy(DAY.negated(), -1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PrunePolicy(DAY, OptionalLong.of(-1), HOUR));
  }
}
