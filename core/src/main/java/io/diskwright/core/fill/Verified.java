package io.diskwright.core.fill;

import io.diskwright.core.inspect.InspectionRules;
import io.diskwright.core.inspect.Verdict;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.FillProof;
import io.diskwright.spi.image.Digest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What has been verified of a base, as its record has it: words between commas.
 *
 * @param digest the digest that its image was found to have
 * @param declared whether nothing but the asker said that its image's bytes are an image
 * @param exported whether it came from another host's cache
 * @param rules the version of the rules that its image was inspected by
 */
public record Verified(Optional<String> digest, boolean declared, boolean exported, int rules) {
  private static final String DECLARED = "declared";
  private static final String EXPORTED = "exported";
  private static final String INSPECTED = "inspected";
  private static final String RULES = "rules-";

  static Verified now(@Nullable Digest digest, Verdict verdict) {
    return new Verified(
        Optional.ofNullable(digest).map(Digest::toString),
        !verdict.known(),
        false,
        InspectionRules.VERSION);
  }

  /** Reads what a base's record says; one that names no rules is older than their first version. */
  public static Verified of(BaseRecord base) {
    List<String> words = Arrays.asList(base.verified().split(","));
    return new Verified(
        words.stream().filter(word -> word.contains(":")).findFirst(),
        words.contains(DECLARED),
        words.contains(EXPORTED),
        words.stream()
            .filter(word -> word.matches(RULES + "[0-9]{1,9}"))
            .mapToInt(word -> Integer.parseInt(word.substring(RULES.length())))
            .findFirst()
            .orElse(0));
  }

  /** Returns whether today's rules may refuse what was accepted then. */
  public boolean isOutdated() {
    return rules < InspectionRules.VERSION;
  }

  /** Returns the proof that a base has been looked at again, and is still good. */
  public FillProof again(BaseRecord base) {
    Verified now = new Verified(digest, declared, exported, InspectionRules.VERSION);
    return new Proof(now.toString(), base.checksum());
  }

  @Override
  public String toString() {
    List<String> words = new ArrayList<>(digest.stream().toList());
    words.add(declared ? DECLARED : INSPECTED);
    if (exported) {
      words.add(EXPORTED);
    }
    words.add(RULES + rules);
    return String.join(",", words);
  }
}
