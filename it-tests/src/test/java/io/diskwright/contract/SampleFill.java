package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.diskwright.spi.backend.Fill;
import io.diskwright.spi.backend.FillProof;
import io.diskwright.spi.backend.Sink;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Extent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;

/**
 * Writes a sample into a sink as no tidy filler would: pieces of odd lengths in any order, from
 * several threads at once, from all kinds of buffers, and holes that held something before.
 */
final class SampleFill implements Fill {
  static final String VERIFIED = "contract,sha256:0123=4567";
  private static final int THREADS = 4;

  private final Sample sample;

  SampleFill(Sample sample) {
    this.sample = sample;
  }

  /** What this kit verifies: that it wrote every byte. */
  private record Proof() implements FillProof {
    @Override
    public String verified() {
      return VERIFIED;
    }
  }

  @Override
  public FillProof into(Sink sink) throws DiskException {
    write(sink, 1);
    return proofAfterFlush(sink);
  }

  /** Flushes what somebody else has written, and vouches for it. */
  FillProof proofAfterFlush(Sink sink) throws DiskException {
    sink.flush();
    return new Proof();
  }

  /** Writes a part of the sample: 1 for all, 0.5 for the half of its pieces. */
  void write(Sink sink, double part) throws DiskException {
    assertEquals(sample.size(), sink.size(), "the sink's size is the request's length");
    Random random = new Random(sample.seed());
    List<Callable<Boolean>> pieces = new ArrayList<>();
    for (Extent extent : sample.extents()) {
      if (extent.kind() == Extent.Kind.DATA) {
        cut(extent, random, (offset, length) -> pieces.add(data(sink, offset, length, random)));
      } else {
        cut(extent, random, (offset, length) -> pieces.add(hole(sink, offset, length, random)));
      }
    }
    Collections.shuffle(pieces, random);
    int count = (int) (pieces.size() * part);
    for (Outcome<Boolean> outcome : Together.inThreads(THREADS, pieces.subList(0, count))) {
      outcome.orThrow();
    }
  }

  /** Takes one piece of an extent. */
  @FunctionalInterface
  private interface Piece {
    void take(long offset, int length);
  }

  private static void cut(Extent extent, Random random, Piece piece) {
    for (long at = extent.offset(); at < extent.end(); ) {
      int length = (int) Math.min(extent.end() - at, 1 + random.nextInt(300_000));
      piece.take(at, length);
      at += length;
    }
  }

  private Callable<Boolean> data(Sink sink, long offset, int length, Random random) {
    ByteBuffer buffer = buffer(sample.range(offset, length), random.nextInt(4));
    return () -> writeAll(sink, offset, buffer);
  }

  private static Callable<Boolean> hole(Sink sink, long offset, int length, Random random) {
    boolean dirty = random.nextBoolean();
    byte[] dirt = new byte[dirty ? length : 0];
    random.nextBytes(dirt);
    return () -> {
      if (dirty) {
        writeAll(sink, offset, ByteBuffer.wrap(dirt));
      }
      if (dirty || !sink.readsAsZero()) {
        sink.zero(offset, length);
      }
      return true;
    };
  }

  private static boolean writeAll(Sink sink, long offset, ByteBuffer buffer) throws DiskException {
    sink.write(offset, buffer);
    assertFalse(buffer.hasRemaining(), "a write moves the buffer's position to its limit");
    return true;
  }

  private static ByteBuffer buffer(byte[] bytes, int kind) {
    int lead = 7;
    ByteBuffer buffer =
        kind % 2 == 0
            ? ByteBuffer.allocate(lead + bytes.length + lead)
            : ByteBuffer.allocateDirect(lead + bytes.length + lead);
    buffer.position(lead).put(bytes).flip().position(lead);
    return kind < 2 ? buffer : buffer.asReadOnlyBuffer();
  }
}
