package io.diskwright.core.inspect;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;

/**
 * Whatever the bytes: a verdict, the same one in pieces of any size, from a bounded part of them.
 */
public final class InspectorFuzz {
  private static final Call CALL = Call.within(Duration.ofDays(7));
  private static final long LIMIT = 1L << 50;
  private static final long MOST_HEADERS = 512 * 1024;
  private static final int SECTOR = 512;

  private InspectorFuzz() {}

  /** What a fuzzer calls. */
  public static void fuzzerTestOneInput(byte[] input) throws DiskException {
    byte[] image = FuzzedImage.of(input);
    int seed = Arrays.hashCode(input);
    DiskFormat[] formats = DiskFormat.values();
    int declared = Math.floorMod(seed, 2 * formats.length);
    check(
        image,
        declared < formats.length ? Optional.of(formats[declared]) : Optional.empty(),
        new Random(seed));
    check(image, Optional.empty(), new Random(seed));
  }

  private static void check(byte[] image, Optional<DiskFormat> declared, Random random)
      throws DiskException {
    InspectionRules rules = InspectionRules.all(LIMIT);
    CountingContent content = new CountingContent(image, image.length);
    Verdict whole = new ImageInspector().inspect(content, declared, rules, CALL);
    require(content.read() <= MOST_HEADERS, "it read %d bytes".formatted(content.read()));
    requireSense(whole);
    Verdict pieces = inPieces(image, declared, rules, random);
    require(whole.equals(pieces), "%s, and in pieces %s".formatted(whole, pieces));

    CountingContent tables = new CountingContent(image, image.length);
    Verdict followed = new ImageInspector().inspectWithTables(tables, declared, rules, CALL);
    long most = MOST_HEADERS + 2L * image.length;
    require(tables.read() <= most, "it read %d bytes of tables".formatted(tables.read()));
    require(whole.safe() || !followed.safe(), "tables made it safe");
    requireSense(followed);
  }

  private static Verdict inPieces(
      byte[] image, Optional<DiskFormat> declared, InspectionRules rules, Random random) {
    Inspection inspection = new Inspection(declared, rules);
    int most = 1 << random.nextInt(21);
    boolean refused = false;
    for (int at = 0; at < image.length; ) {
      int length =
          Math.min(image.length - at, Math.max(image.length / 64, random.nextInt(most)) + 1);
      inspection.feed(ByteBuffer.wrap(image, at, length));
      at += length;
      require(!refused || !inspection.soFar().safe(), "it became safe");
      refused = inspection.decided() && !inspection.soFar().safe();
    }
    return inspection.end();
  }

  private static void requireSense(Verdict verdict) {
    verdict.reasons().forEach(InspectorFuzz::requireShown);
    verdict.features().forEach(InspectorFuzz::requireShown);
    if (verdict.safe()) {
      long size = verdict.virtualSize().orElse(0);
      require(size > 0 && size <= LIMIT && size % SECTOR == 0, "its size is " + size);
      require(verdict.format().isPresent(), "it has no format");
      require(verdict.allocatedBytes().orElse(0) >= 0, "it has less than nothing");
    }
  }

  /** A terminal obeys nothing of it. */
  private static void requireShown(String text) {
    boolean shown =
        text.chars().allMatch(letter -> letter == '…' || (letter >= 32 && letter < 127));
    require(shown && text.length() < 1000, text);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
