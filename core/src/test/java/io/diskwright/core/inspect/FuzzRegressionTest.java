package io.diskwright.core.inspect;

import io.diskwright.core.fill.GzipStreamFuzz;
import io.diskwright.core.source.ImageReferenceFuzz;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the fuzzer runs for long, for a moment: every valid image, each with seeded changes, and
 * what it has found before. {@code it-tests/fuzz} runs it for long.
 */
class FuzzRegressionTest {
  private static final int TIMES = 300;

  /** A target of the fuzzer. */
  @FunctionalInterface
  interface Target {
    void run(byte[] input) throws IOException;
  }

  static Stream<Arguments> targets() {
    return Stream.of(
        Arguments.of("inspector", (Target) InspectorFuzz::fuzzerTestOneInput),
        Arguments.of("qcow2 header", (Target) Qcow2HeaderFuzz::fuzzerTestOneInput),
        Arguments.of("qcow2 content", (Target) Qcow2ContentFuzz::fuzzerTestOneInput),
        Arguments.of("vmdk descriptor", (Target) VmdkDescriptorFuzz::fuzzerTestOneInput),
        Arguments.of("image reference", (Target) ImageReferenceFuzz::fuzzerTestOneInput),
        Arguments.of("gzip", (Target) GzipStreamFuzz::fuzzerTestOneInput));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("targets")
  void whatIsSaidOfAllInputsHolds(String name, Target target) throws IOException {
    for (byte[] seed : FuzzSeeds.all()) {
      target.run(seed);
    }
    Random random = new Random(name.hashCode());
    for (int i = 0; i < TIMES; i++) {
      byte[] input = new byte[random.nextInt(64)];
      random.nextBytes(input);
      if (input.length > 0) {
        input[0] = (byte) (random.nextInt(2 * FuzzedImage.choices()) * 17);
      }
      target.run(input);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("targets")
  void whatWasFoundOnceIsNotFoundAgain(String name, Target target) throws IOException {
    for (String found : FuzzSeeds.FOUND) {
      try (InputStream input = FuzzRegressionTest.class.getResourceAsStream("/fuzz/" + found)) {
        if (input == null) {
          throw new AssertionError("there is no " + found);
        }
        target.run(input.readAllBytes());
      }
    }
  }
}
