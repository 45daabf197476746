package io.diskwright.core.cache;

import io.diskwright.spi.backend.BaseUsage;
import io.diskwright.spi.config.Sizes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Which bases are to leave a cache. A base that is pinned, or has users, never is.
 *
 * @param unusedFor those go of which no disk was made for this long
 * @param maxSize while all bases together take up more bytes, the least recently used ones go too
 * @param minAge those stay that were made less than this ago
 */
public record PrunePolicy(Duration unusedFor, OptionalLong maxSize, Duration minAge) {
  /** Checks that nothing is null or negative. */
  public PrunePolicy {
    Objects.requireNonNull(maxSize, "maxSize");
    if (unusedFor.isNegative() || minAge.isNegative() || maxSize.orElse(0) < 0) {
      throw new IllegalArgumentException(
          "unusedFor (%s), maxSize (%s) and minAge (%s) must not be negative"
              .formatted(unusedFor, maxSize, minAge));
    }
  }

  /** Says which of these bases are to go, the least recently used first, and why the rest stays. */
  Selection select(List<BaseUsage> bases, Instant now) {
    long total = bases.stream().mapToLong(BaseUsage::allocated).sum();
    List<BaseUsage> go = new ArrayList<>();
    List<KeptBase> stay = new ArrayList<>();
    for (BaseUsage base : leastRecentlyUsedFirst(bases)) {
      String reason = reasonToStay(base, total, now);
      if (reason.isEmpty()) {
        go.add(base);
        total -= base.allocated();
      } else {
        stay.add(new KeptBase(base, reason));
      }
    }
    return new Selection(go, stay);
  }

  private static List<BaseUsage> leastRecentlyUsedFirst(List<BaseUsage> bases) {
    return bases.stream().sorted(Comparator.comparing(BaseUsage::lastUsed)).toList();
  }

  private String reasonToStay(BaseUsage base, long total, Instant now) {
    if (base.pinned()) {
      return "it is pinned";
    }
    if (!base.users().isEmpty()) {
      return "%d disks depend on it".formatted(base.users().size());
    }
    if (base.base().created().isAfter(now.minus(minAge))) {
      return "it was made less than %s ago".formatted(words(minAge));
    }
    if (!base.lastUsed().isAfter(now.minus(unusedFor))) {
      return "";
    }
    if (maxSize.isEmpty()) {
      return "it was used less than %s ago".formatted(words(unusedFor));
    }
    return total > maxSize.getAsLong()
        ? ""
        : "it was used less than %s ago, and the rest takes up no more than %s"
            .formatted(words(unusedFor), Sizes.format(maxSize.getAsLong()));
  }

  private static String words(Duration duration) {
    return duration
        .toString()
        .substring(2)
        .replaceAll("(\\d[HMS])(?!$)", "$1 ")
        .toLowerCase(Locale.ROOT);
  }

  /**
   * What a policy says of some bases.
   *
   * @param go those that are to go, the least recently used first
   * @param stay those that stay
   */
  record Selection(List<BaseUsage> go, List<KeptBase> stay) {}
}
