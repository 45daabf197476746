package io.diskwright.core.source;

import io.diskwright.spi.error.DiskException;
import java.nio.charset.StandardCharsets;

/**
 * Whatever an image is called: one spelling of it, which is its own, or the failure that is said.
 */
public final class ImageReferenceFuzz {
  private ImageReferenceFuzz() {}

  /** What a fuzzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    try {
      ImageReference once = ImageReference.parse(new String(input, StandardCharsets.UTF_8));
      ImageReference twice = ImageReference.parse(once.text());
      if (!once.equals(twice)) {
        throw new AssertionError(once.text() + ", and then " + twice.text());
      }
    } catch (DiskException e) {
      if (e.reason().exitCode() == 1) {
        throw new AssertionError(e);
      }
    }
  }
}
