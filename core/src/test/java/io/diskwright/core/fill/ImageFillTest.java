package io.diskwright.core.fill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.core.inspect.InspectionRules;
import io.diskwright.core.inspect.Verdict;
import io.diskwright.core.source.FileSourceProvider;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.FillProof;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.call.Deadline;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import io.diskwright.toolkit.os.NativeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A raw image's bytes come into a sink whole, verified, and without its zeros where possible. */
class ImageFillTest {
  private static final int KIB = 1024;
  private static final int MIB = KIB * KIB;
  private static final FillLimits LIMITS =
      new FillLimits(Duration.ofMinutes(1), Duration.ofMinutes(1), 1, Optional.empty(), false, 100);

  @TempDir Path folder;
  private final ImageSource source = new FileSourceProvider().open(Settings.builder().build());

  private static Call call() {
    return Call.within(Duration.ofMinutes(1));
  }

  private Path image() {
    return folder.resolve("image.raw");
  }

  /** Makes an image of holes, written zeros and data, of an odd size. */
  private byte[] writeImage(long seed, int size) throws IOException {
    Random random = new Random(seed);
    byte[] bytes = new byte[size];
    try (NativeFile file = NativeFile.createNew(image(), 0600)) {
      file.truncate(size);
      for (int at = 0; at < size; ) {
        int length = Math.min(size - at, 1 + random.nextInt(500 * KIB));
        int kind = random.nextInt(3);
        if (kind > 0) {
          byte[] piece = new byte[length];
          if (kind > 1) {
            random.nextBytes(piece);
          }
          file.write(at, ByteBuffer.wrap(piece));
          System.arraycopy(piece, 0, bytes, at, length);
        }
        at += length;
      }
    }
    return bytes;
  }

  private Image resolve(Optional<Digest> digest) throws DiskException {
    ImageRequest request =
        ImageRequest.of(image().toString())
            .withFormat(DiskFormat.RAW)
            .withDigest(digest.orElse(null));
    return source.resolve(request, call());
  }

  private ImageFill fill(Image image, ImageData data, Call call) {
    return fill(image, data, LIMITS, call);
  }

  private static ImageFill fill(Image image, ImageData data, FillLimits limits, Call call) {
    Verdict raw =
        new Verdict(
            "mbr",
            Optional.of(DiskFormat.RAW),
            data.size(),
            OptionalLong.empty(),
            List.of(),
            List.of("mbr"));
    FetchedImage fetched = new LocalImage(data.content().orElseThrow(), raw, null);
    return new ImageFill(image, data, fetched, DiskFormat.RAW, limits, true, call);
  }

  private FillProof fill(MemorySink sink, Optional<Digest> digest) throws DiskException {
    Image image = resolve(digest);
    try (ImageData data = source.open(image, call())) {
      return fill(image, data, call()).into(sink);
    }
  }

  private static Digest digest(String algorithm, byte[] bytes) throws Exception {
    String java =
        new Digest(algorithm, "0".repeat(algorithm.equals("md5") ? 32 : 64 * hashes(algorithm)))
            .javaAlgorithm();
    return new Digest(
        algorithm, HexFormat.of().formatHex(MessageDigest.getInstance(java).digest(bytes)));
  }

  private static int hashes(String algorithm) {
    return algorithm.equals("sha512") ? 2 : 1;
  }

  private static int roundUp(int size) {
    return (size + 511) / 512 * 512;
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 512", "3, 65535", "4, 65536", "5, 262145", "6, 3000001", "7, 5242880"})
  void everyByteArrivesAndTheRestIsZero(long seed, int size) throws IOException {
    byte[] bytes = writeImage(seed, size);
    for (MemorySink sink :
        List.of(MemorySink.ofZeros(roundUp(size)), MemorySink.ofOldData(roundUp(size)))) {
      FillProof proof = fill(sink, Optional.empty());

      assertThat(proof.verified()).isEqualTo("inspected,rules-" + InspectionRules.VERSION);
      assertThat(sink.bytes()).isEqualTo(Arrays.copyOf(bytes, roundUp(size)));
      assertThat(sink.flushed()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatSeveralWriteAtOnceCanGoPastAPageCache(boolean digested) throws Exception {
    byte[] bytes = writeImage(12, 5 * MIB);
    MemorySink sink = MemorySink.ofZeros(bytes.length).withWriters(4);

    fill(sink, digested ? Optional.of(digest("sha256", bytes)) : Optional.empty());

    assertThat(sink.allInBlocks()).isTrue();
    assertThat(sink.bytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sha256", "sha512", "md5"})
  void theRightDigestIsTheProof(String algorithm) throws Exception {
    byte[] bytes = writeImage(8, 2_000_001);
    Digest digest = digest(algorithm, bytes);
    MemorySink sink = MemorySink.ofOldData(roundUp(bytes.length));

    FillProof proof = fill(sink, Optional.of(digest));

    assertThat(proof.verified()).isEqualTo(digest + ",inspected,rules-" + InspectionRules.VERSION);
    assertThat(sink.bytes()).isEqualTo(Arrays.copyOf(bytes, roundUp(bytes.length)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sha256", "sha512", "md5"})
  void aWrongDigestIsNoProof(String algorithm) throws Exception {
    byte[] bytes = writeImage(9, 1_000_000);
    Digest wrong = digest(algorithm, new byte[1]);

    DiskException failure =
        catchThrowableOfType(
            DiskException.class,
            () -> fill(MemorySink.ofZeros(roundUp(bytes.length)), Optional.of(wrong)));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure)
        .hasMessageContaining(digest(algorithm, bytes).toString())
        .hasMessageContaining(wrong.toString());
  }

  @Test
  void aDeclaredDigestDoesNotTakeThePlaceOfTheSources() throws Exception {
    byte[] bytes = writeImage(9, 1_000_000);
    Digest wrong = digest("sha512", new byte[1]);
    Image file = resolve(Optional.empty());
    Image image =
        Image.builder(file.source(), file.id())
            .format(DiskFormat.RAW)
            .digest(digest("md5", bytes))
            .sourceDigest(wrong)
            .build();

    try (ImageData data = source.open(file, call())) {
      MemorySink sink = MemorySink.ofZeros(roundUp(bytes.length));
      assertThatThrownBy(() -> fill(image, data, call()).into(sink))
          .hasMessageContaining(wrong.toString());
    }
  }

  @Test
  void whatIsZeroIsNotWrittenWhereItReadsAsZero() throws IOException {
    int size = 8 * MIB;
    try (NativeFile file = NativeFile.createNew(image(), 0600)) {
      file.truncate(size);
      file.write(0, ByteBuffer.wrap(new byte[MIB])); // zeros that are written out
      file.write(3 * MIB + 5, ByteBuffer.wrap(new byte[] {1}));
    }
    MemorySink sparse = MemorySink.ofZeros(size);
    MemorySink dense = MemorySink.ofOldData(size);

    fill(sparse, Optional.empty());
    fill(dense, Optional.empty());

    assertThat(sparse.written()).isBetween(1L, 64L * KIB);
    assertThat(sparse.zeroed()).isZero();
    assertThat(dense.written()).isBetween(1L, 64L * KIB);
    assertThat(dense.zeroed() + dense.written()).isEqualTo(size);
    assertThat(dense.bytes()).isEqualTo(sparse.bytes());
  }

  @Test
  void whatTheDataTakesIsReservedBeforeAnyIsWritten() throws IOException {
    int size = 8 * MIB;
    try (NativeFile file = NativeFile.createNew(image(), 0600)) {
      file.truncate(size);
      file.write(0, ByteBuffer.wrap(new byte[] {1}));
      file.write(3 * MIB - 1, ByteBuffer.wrap(new byte[] {1, 1}));
    }
    MemorySink sink = MemorySink.ofZeros(size);

    fill(sink, Optional.empty());

    assertThat(sink.reserved()).isBetween(12L * KIB, 1L * MIB);
    assertThat(sink.reserved() % (4 * KIB)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4096, 100_001})
  void ofAnImageWithoutHolesAllIsReserved(int size) throws IOException {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) 1);
    Files.write(image(), bytes);
    MemorySink sink = MemorySink.ofZeros(roundUp(size));

    fill(sink, Optional.empty());

    assertThat(sink.reserved()).isEqualTo((size + 4095L) / 4096 * 4096);
  }

  @Test
  void howMuchWasWrittenIsTold() throws IOException {
    Files.write(image(), new byte[MIB]);
    Files.write(image(), new byte[] {7}, StandardOpenOption.APPEND);
    Image image = resolve(Optional.empty());
    try (ImageData data = source.open(image, call())) {
      ImageFill fill = fill(image, data, call());
      MemorySink sink = MemorySink.ofZeros(MIB + 512);
      fill.into(sink);

      assertThat(fill.way()).isEqualTo("copy");
      assertThat(fill.bytesMoved()).isEqualTo(sink.written()).isEqualTo(1);
    }
  }

  @Test
  void progressGrowsToAll() throws IOException {
    writeImage(10, 3_333_333);
    List<Long> reported = new ArrayList<>();
    Call call =
        Call.of(
            Deadline.after(Duration.ofMinutes(1)),
            new Cancellation(),
            (step, done, total) -> reported.add(done));
    Image image = resolve(Optional.empty());
    try (ImageData data = source.open(image, call)) {
      fill(image, data, call).into(MemorySink.ofZeros(roundUp(3_333_333)));
    }

    assertThat(reported).isSorted().endsWith(3_333_333L);
  }

  @Test
  void whoCancelsEndsIt() throws IOException {
    writeImage(11, 4_000_000);
    Cancellation cancellation = new Cancellation();
    Call call =
        Call.of(
            Deadline.after(Duration.ofMinutes(1)),
            cancellation,
            (step, done, total) -> cancellation.cancel());

    assertThat(failureOf(call)).isEqualTo(Reason.CANCELLED);
  }

  @Test
  void pastItsDeadlineItEnds() throws IOException {
    Files.write(image(), new byte[] {1, 2, 3});

    assertThat(failureOf(Call.of(Deadline.after(Duration.ZERO), new Cancellation(), Progress.NONE)))
        .isEqualTo(Reason.UNAVAILABLE);
  }

  @Test
  void aBandwidthHoldsItBack() throws IOException {
    Files.write(image(), new Random(12).doubles(100_000).mapToObj(String::valueOf).toList());
    FillLimits slow =
        new FillLimits(LIMITS.conversion(), LIMITS.stall(), 2, Optional.of(2L * KIB), false, 100);
    Image image = resolve(Optional.empty());
    MemorySink sink = MemorySink.ofZeros(4 * MIB);
    Call call = Call.within(Duration.ofSeconds(1));
    try (ImageData data = source.open(image, call())) {
      DiskException failure =
          catchThrowableOfType(DiskException.class, () -> fill(image, data, slow, call).into(sink));

      assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
      assertThat(sink.written()).isEqualTo(256 * KIB); // what one write has at the most
    }
  }

  private Reason failureOf(Call call) throws DiskException {
    Image image = resolve(Optional.empty());
    try (ImageData data = source.open(image, call())) {
      MemorySink sink = MemorySink.ofZeros(4_000_256);
      return catchThrowableOfType(DiskException.class, () -> fill(image, data, call).into(sink))
          .reason();
    }
  }

  /** What may go wrong with an image while it is read. */
  enum Mishap {
    SHRINKS,
    SHRINKS_TO_NOTHING,
    GROWS,
    IS_REWRITTEN,
    GOES
  }

  @ParameterizedTest
  @EnumSource(Mishap.class)
  void anImageThatChangesWhileItIsReadIsNoProof(Mishap mishap) throws Exception {
    byte[] bytes = writeImage(12, 4_000_000);
    for (Optional<Digest> digest :
        List.of(Optional.<Digest>empty(), Optional.of(digest("sha256", bytes)))) {
      if (!Files.exists(image())) {
        Files.write(image(), bytes);
      }
      Image image = resolve(digest);
      boolean[] happened = {false};
      Call call =
          Call.of(
              Deadline.after(Duration.ofMinutes(1)),
              new Cancellation(),
              (step, done, total) -> happened[0] |= !happened[0] && happen(mishap));
      try (ImageData data = source.open(image, call)) {
        DiskException failure =
            catchThrowableOfType(
                DiskException.class,
                () -> fill(image, data, call).into(MemorySink.ofZeros(roundUp(bytes.length))));

        assertThat(happened[0]).isTrue();
        assertThat(failure).isNotNull();
        assertThat(failure.reason())
            .isIn(
                Reason.IMAGE_UNACCEPTABLE,
                mishap == Mishap.GOES ? Reason.NOT_FOUND : Reason.IMAGE_UNACCEPTABLE);
        assertThat(failure.remedy()).isPresent();
      }
      Files.deleteIfExists(image());
    }
  }

  private boolean happen(Mishap mishap) {
    try {
      switch (mishap) {
        case SHRINKS -> truncate(2_000_000);
        case SHRINKS_TO_NOTHING -> truncate(0);
        case GROWS -> Files.write(image(), new byte[5], StandardOpenOption.APPEND);
        case IS_REWRITTEN -> Files.write(image(), new byte[4_000_000]);
        case GOES -> Files.delete(image());
      }
      return true;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void truncate(long size) throws IOException {
    try (NativeFile file = NativeFile.openWrite(image())) {
      file.truncate(size);
    }
  }
}
