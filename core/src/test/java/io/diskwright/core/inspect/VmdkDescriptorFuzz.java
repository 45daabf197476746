package io.diskwright.core.inspect;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Whatever a descriptor says: when it is accepted, QEMU sees no parent and no other file in it. */
public final class VmdkDescriptorFuzz {
  private static final int CAPACITY = 2048;

  private VmdkDescriptorFuzz() {}

  /** What a fuzzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    byte[] start = VmdkBytes.descriptorText("monolithicSparse").getBytes(StandardCharsets.US_ASCII);
    byte[] behind = Arrays.copyOf(start, start.length + input.length + 1);
    System.arraycopy(input, 0, behind, start.length, input.length);
    check(input);
    check(behind);
  }

  private static void check(byte[] bytes) {
    VmdkDescriptor descriptor = VmdkDescriptor.read(bytes);
    String type = Shown.of(descriptor.createType());
    if (type.length() > 70) {
      throw new AssertionError(type);
    }
    if (descriptor.problems(CAPACITY).isEmpty()) {
      int end = 0;
      while (bytes[end] != 0) { // fails when there is no end, as whoever reads on would
        end++;
      }
      String text = new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
      long extents = text.lines().filter(line -> line.strip().matches("[A-Z]+ [0-9]+ .*")).count();
      if (text.contains("parentFileNameHint") || extents != 1) {
        throw new AssertionError(text);
      }
    }
  }
}
