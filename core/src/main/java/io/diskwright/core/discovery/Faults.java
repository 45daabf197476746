package io.diskwright.core.discovery;

/** Puts what a provider threw into words, on one line. */
final class Faults {
  private static final int DEPTH = 4;
  private static final int LENGTH = 300;

  private Faults() {}

  /** Returns the fault and what caused it. */
  static String describe(Throwable fault) {
    StringBuilder words = new StringBuilder();
    Throwable link = fault;
    for (int depth = 0; link != null && depth < DEPTH; depth++) {
      words.append(depth == 0 ? "" : ", caused by ").append(one(link));
      link = link.getCause();
    }
    return words.toString();
  }

  private static String one(Throwable fault) {
    String message = messageOf(fault);
    String name = fault.getClass().getSimpleName();
    return message.isEmpty() ? name : name + ": " + message;
  }

  /** A stranger's exception may throw from its own methods. */
  private static String messageOf(Throwable fault) {
    try {
      String message = fault.getMessage();
      return message == null ? "" : oneLine(message);
    } catch (RuntimeException e) {
      return "";
    }
  }

  static String oneLine(String message) {
    String line = message.strip().replaceAll("\\s*\\R\\s*", " ").replaceAll("\\p{Cntrl}", "?");
    return line.length() > LENGTH ? line.substring(0, LENGTH) + "…" : line;
  }
}
