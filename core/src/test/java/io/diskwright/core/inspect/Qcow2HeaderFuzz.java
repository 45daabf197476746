package io.diskwright.core.inspect;

import io.diskwright.toolkit.qcow2.Qcow2FormatException;
import io.diskwright.toolkit.qcow2.Qcow2Header;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Whatever the first bytes of a qcow2: a header in its bounds, or the one failure that is said. */
public final class Qcow2HeaderFuzz {
  private static final byte[] VALID = Arrays.copyOf(Qcow2Bytes.valid().bytes(), 512);

  private Qcow2HeaderFuzz() {}

  /** What a fuzzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    check(input);
    byte[] header = VALID.clone();
    System.arraycopy(input, 0, header, 4, Math.min(input.length, header.length - 4));
    check(header);
  }

  private static void check(byte[] bytes) {
    try {
      Qcow2Header header = Qcow2Header.read(ByteBuffer.wrap(bytes));
      boolean sense =
          (header.version() == 2 || header.version() == 3)
              && header.clusterSize() >= 512
              && header.clusterSize() <= 2 << 20
              && header.backingFile().orElse("").length() <= 1023;
      if (!sense) {
        throw new AssertionError(header.toString());
      }
    } catch (Qcow2FormatException e) {
      if (e.getMessage() == null) {
        throw new AssertionError("it does not say why", e);
      }
    }
  }
}
