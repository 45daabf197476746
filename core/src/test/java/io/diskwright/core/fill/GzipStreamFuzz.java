package io.diskwright.core.fill;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Whatever is packed: what we unpack is what the JDK unpacks, and what is packed comes back. */
public final class GzipStreamFuzz {
  private static final int MOST = 1 << 20;

  private GzipStreamFuzz() {}

  /** What a fuzzer calls. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(input);
    }
    require(Arrays.equals(unpacked(new GzipStream(in(packed.toByteArray()))), input));
    byte[] ours;
    try {
      ours = unpacked(new GzipStream(in(input)));
    } catch (IOException e) {
      return;
    }
    byte[] theirs = unpacked(new GZIPInputStream(in(input)));
    require(Arrays.equals(ours, theirs));
  }

  private static InputStream in(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }

  private static byte[] unpacked(InputStream stream) throws IOException {
    try (stream) {
      return stream.readNBytes(MOST);
    }
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new AssertionError("it was unpacked differently");
    }
  }
}
