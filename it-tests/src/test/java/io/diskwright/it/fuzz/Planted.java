package io.diskwright.it.fuzz;

/** A fault that only coverage leads to, to prove that the fuzzer finds one. */
public final class Planted {
  private Planted() {}

  /** What a fuzzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length > 3 && input[0] == 'd' && input[1] == 'i' && input[2] == 's') {
      throw new AssertionError("planted");
    }
  }
}
