package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.Sink;
import io.diskwright.spi.error.DiskException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What a new disk reads as. Needs machines that read, and none that write. */
public abstract class BytesContract extends Contract {
  private static final int BLOCK = 4096;

  @Test
  @DisplayName("P5: a disk reads as the image, holes and all")
  void aDiskReadsAsTheImage() throws IOException {
    for (int round = 0; round < fixture.rounds(8); round++) {
      int size = 512 * (1 + random.nextInt(6000));
      Sample sample = Sample.of(random, size);
      create("web-" + round, cache(sample), size);
      assertReads("web-" + round, sample.paddedTo(size));
    }
  }

  @Test
  @DisplayName("P5: behind the image a disk reads as zeros")
  void behindTheImageADiskReadsAsZeros() throws IOException {
    for (int round = 0; round < fixture.rounds(4); round++) {
      int size = 512 * (1 + random.nextInt(2000));
      long larger = size + 512L * (1 + random.nextInt(6000));
      Sample sample = Sample.dense(random, size);
      create("web-" + round, cache(sample), larger);
      assertReads("web-" + round, sample.paddedTo(larger));
    }
  }

  @Test
  @DisplayName("P5: an image of any odd length is followed by zeros")
  void imagesOfOddLengths() throws IOException {
    for (int size : new int[] {1, 511, 512, 513, 4095, 65537, MIB - 1, 1_000_001}) {
      Sample sample = Sample.dense(random, size);
      BaseRecord base = cache(sample);
      assertEquals(size, base.virtualSize());
      create("fits-" + size, base, sectors(size));
      assertReads("fits-" + size, sample.paddedTo(sectors(size)));
      create("larger-" + size, base, sectors(size) + 128 * KIB);
      assertReads("larger-" + size, sample.paddedTo(sectors(size) + 128 * KIB));
    }
  }

  @Test
  @DisplayName("P5: a blank disk reads as zeros")
  void aBlankDiskReadsAsZeros() throws IOException {
    for (int size : new int[] {512, 512 * 3, MIB, 3 * MIB + 512}) {
      createBlank("blank-" + size, size);
      assertReads("blank-" + size, new byte[size]);
    }
  }

  @Test
  @DisplayName("P5: an image of zeros reads as zeros")
  void anImageOfZerosReadsAsZeros() throws IOException {
    create("web-1", cache(Sample.zeros(MIB)), MIB);
    assertReads("web-1", new byte[MIB]);
  }

  @Test
  @DisplayName("P5: nobody reads what lay on the storage before")
  void nobodyReadsWhatLayThereBefore() throws IOException {
    int size = 4 * MIB;
    for (int round = 0; round < fixture.rounds(3); round++) {
      BaseRecord dense = cache(Sample.dense(random, size));
      create("before", dense, size);
      pool.delete(name("before"), call());
      pool.evict(dense.key(), call());
      createBlank("blank", size);
      assertReads("blank", new byte[size]);
      BaseRecord hollow = cache(Sample.zeros(size / 2));
      create("hollow", hollow, size);
      assertReads("hollow", new byte[size]);
      pool.delete(name("blank"), call());
      pool.delete(name("hollow"), call());
      pool.evict(hollow.key(), call());
    }
  }

  @Test
  @DisplayName("P5: a sink takes just the range that it is given")
  void aSinkTakesJustTheRange() throws IOException {
    int size = 300_000;
    byte[] model = new byte[size];
    BaseRecord base =
        pool.cache(
            baseRequest(newKey(), size),
            sink -> {
              fillWithDirt(sink, model);
              for (int i = 0; i < 50; i++) {
                int offset = random.nextInt(size);
                int length = random.nextInt(size - offset);
                sink.zero(offset, length);
                Arrays.fill(model, offset, offset + length, (byte) 0);
                overwrite(sink, model, random.nextInt(size));
                overwriteBlocks(sink, model);
              }
              return new SampleFill(Sample.zeros(size)).proofAfterFlush(sink);
            },
            call());
    create("web-1", base, sectors(size));
    assertReads("web-1", Arrays.copyOf(model, (int) sectors(size)));
  }

  private void fillWithDirt(Sink sink, byte[] model) throws DiskException {
    random.nextBytes(model);
    sink.write(0, ByteBuffer.wrap(model));
  }

  private void overwrite(Sink sink, byte[] model, int offset) throws DiskException {
    byte[] bytes = new byte[random.nextInt(Math.min(5000, model.length - offset) + 1)];
    random.nextBytes(bytes);
    sink.write(offset, ByteBuffer.wrap(bytes));
    System.arraycopy(bytes, 0, model, offset, bytes.length);
  }

  /** What may go past a page cache, between what may not. */
  private void overwriteBlocks(Sink sink, byte[] model) throws DiskException {
    int offset = random.nextInt(model.length / BLOCK) * BLOCK;
    int most = Math.min(8, (model.length - offset) / BLOCK);
    byte[] bytes = new byte[(1 + random.nextInt(most)) * BLOCK];
    random.nextBytes(bytes);
    ByteBuffer blocks = ByteBuffer.allocateDirect(bytes.length + BLOCK).alignedSlice(BLOCK);
    sink.write(offset, blocks.put(bytes).flip());
    System.arraycopy(bytes, 0, model, offset, bytes.length);
  }

  @Test
  @DisplayName("P5: a sink says what it is, and takes nothing beyond its size")
  void aSinkTakesNothingBeyondItsSize() throws IOException {
    Sample sample = Sample.of(random, 100_000);
    BaseRecord base =
        pool.cache(
            baseRequest(newKey(), sample.size()),
            sink -> {
              assertEquals(1, Integer.bitCount(sink.preferredWriteSize()), "a power of two");
              assertTrue(sink.preferredWriters() >= 1, "at least one writer");
              assertBeyond(() -> sink.write(sample.size(), ByteBuffer.allocate(1)));
              assertBeyond(() -> sink.write(sample.size() - 1, ByteBuffer.allocate(2)));
              assertBeyond(() -> sink.write(-1, ByteBuffer.allocate(1)));
              assertBeyond(() -> sink.write(Long.MAX_VALUE, ByteBuffer.allocate(1)));
              assertBeyond(() -> sink.zero(0, sample.size() + 1L));
              assertBeyond(() -> sink.zero(sample.size() - 1, Long.MAX_VALUE));
              assertBeyond(() -> sink.zero(-1, 1));
              assertBeyond(() -> sink.zero(1, -1));
              sink.write(sample.size(), ByteBuffer.allocate(0));
              sink.zero(sample.size(), 0);
              return new SampleFill(sample).into(sink);
            },
            call());
    create("web-1", base, sectors(sample.size()));
    assertReads("web-1", sample.paddedTo(sectors(sample.size())));
  }

  private static void assertBeyond(Executable tried) {
    assertThrows(IllegalArgumentException.class, tried);
  }

  @Test
  @DisplayName("P5: many writers at once fill a base without a byte out of place")
  void manyWritersAtOnce() throws IOException {
    int size = 8 * MIB;
    Sample sample = Sample.dense(random, size);
    BaseRecord base =
        pool.cache(
            baseRequest(newKey(), size),
            sink -> {
              int threads = 16;
              int part = size / threads;
              for (Outcome<Boolean> outcome :
                  Together.times(threads, i -> () -> writePart(sink, sample, i * part, part))) {
                outcome.orThrow();
              }
              return new SampleFill(sample).proofAfterFlush(sink);
            },
            call());
    create("web-1", base, size);
    assertReads("web-1", sample.paddedTo(size));
  }

  private static boolean writePart(Sink sink, Sample sample, int offset, int length)
      throws DiskException {
    int step = 37_777;
    for (int at : IntStream.iterate(0, at -> at < length, at -> at + step).toArray()) {
      byte[] piece = sample.range(offset + at, Math.min(step, length - at));
      sink.write(offset + at, ByteBuffer.wrap(piece));
    }
    return true;
  }
}
