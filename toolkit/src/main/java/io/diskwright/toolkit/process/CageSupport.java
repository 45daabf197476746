package io.diskwright.toolkit.process;

import io.diskwright.spi.Answer;
import io.diskwright.spi.backend.Finding;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Which parts of a cage this host offers, and why not the others; immutable. */
public final class CageSupport {
  private final Map<CagePart, Answer> answers;
  private final boolean userNamespace;

  /**
   * Says what is offered.
   *
   * @param answers an answer for each part
   * @param userNamespace whether the other namespaces need one of users first
   */
  CageSupport(Map<CagePart, Answer> answers, boolean userNamespace) {
    this.answers = new EnumMap<>(answers);
    this.userNamespace = userNamespace;
  }

  /** Says that all is offered. */
  static CageSupport all(boolean userNamespace) {
    Map<CagePart, Answer> answers = new EnumMap<>(CagePart.class);
    for (CagePart part : CagePart.values()) {
      answers.put(part, Answer.ofYes());
    }
    return new CageSupport(answers, userNamespace);
  }

  /**
   * Returns what this host offers this process, found out by trying, once in the life of a process:
   * some 30 ms where all is offered.
   */
  public static CageSupport ofHost() {
    return OfHost.SUPPORT;
  }

  private static final class OfHost {
    static final CageSupport SUPPORT = new CageProbe().ask();
  }

  /** Returns whether a part is offered, or why not. */
  public Answer answer(CagePart part) {
    return answers.getOrDefault(part, Answer.no("it was not asked for"));
  }

  boolean has(CagePart part) {
    return answer(part).yes();
  }

  boolean userNamespace() {
    return userNamespace;
  }

  /** Returns whether every part is offered; if not, which are not, and why. */
  public Answer whole() {
    String missing =
        missing().stream()
            .map(part -> "%s: %s".formatted(part.description(), answer(part).reason()))
            .collect(Collectors.joining("; "));
    return missing.isEmpty() ? Answer.ofYes() : Answer.no("it does not offer " + missing);
  }

  private List<CagePart> missing() {
    List<CagePart> missing = new ArrayList<>(List.of(CagePart.values()));
    missing.removeIf(this::has);
    return missing;
  }

  /** Returns what a check of a pool says of it: one finding when all is there, else one a part. */
  public List<Finding> findings() {
    List<CagePart> missing = missing();
    if (missing.isEmpty()) {
      return List.of(new Finding("cage for conversions", Answer.ofYes(), ""));
    }
    return missing.stream()
        .map(part -> new Finding("cage for conversions: " + part.description(), answer(part), ""))
        .toList();
  }
}
