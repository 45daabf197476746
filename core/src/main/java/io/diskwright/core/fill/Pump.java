package io.diskwright.core.fill;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.ImageStream;
import io.diskwright.toolkit.os.BlockDevice;
import io.diskwright.toolkit.thread.HelperThreads;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Brings all bytes of a stream to who wants them, a piece at a time, and shows them to a digest in
 * another thread meanwhile. Whatever the image's size, it needs memory for a few pieces.
 */
final class Pump {
  private static final int PIECE = 1024 * 1024;
  private static final int PIECES = 3;

  private final ImageStream stream;
  private final @Nullable DigestCheck digest;
  private final long size;
  private final Call call;
  private final int pieceSize;
  private final Piece[] pieces;

  /** Takes a stream, who is shown its bytes, and how many there are: -1 when that is not known. */
  Pump(ImageStream stream, @Nullable DigestCheck digest, long size, Call call) {
    this(stream, digest, size, PIECE, PIECES, call);
  }

  /** Takes besides how large a piece is, and how many may be kept. */
  Pump(
      ImageStream stream,
      @Nullable DigestCheck digest,
      long size,
      int pieceSize,
      int mostPieces,
      Call call) {
    this.stream = stream;
    this.digest = digest;
    this.size = size;
    this.call = call;
    this.pieceSize = pieceSize;
    this.pieces = new Piece[mostPieces];
  }

  /** A buffer, and what still reads it. */
  private static final class Piece {
    final ByteBuffer buffer;
    final List<Future<?>> readers = new ArrayList<>();

    Piece(int size) {
      this.buffer = BlockDevice.buffer(size);
    }
  }

  /** Takes bytes in their order. */
  @FunctionalInterface
  interface Keeper {
    /**
     * Takes some bytes, which stay as they are until what is returned is done; its failure is that
     * of the whole.
     */
    Future<?> keep(long offset, ByteBuffer bytes) throws DiskException;
  }

  /** Takes bytes in their order; the buffer may be kept no longer than the call. */
  @FunctionalInterface
  interface Consumer {
    void take(long offset, ByteBuffer bytes) throws DiskException;
  }

  /** Brings everything; returns how many bytes there were. */
  long run(String step, Consumer consumer) throws DiskException {
    Future<?> done = CompletableFuture.completedFuture(null);
    return bring(
        step,
        (offset, bytes) -> {
          consumer.take(offset, bytes);
          return done;
        });
  }

  /** Brings everything, and waits until nothing is kept; returns how many bytes there were. */
  long bring(String step, Keeper keeper) throws DiskException {
    try (HelperThreads worker = new HelperThreads("diskwright-digest", 1)) {
      long offset = 0;
      for (int turn = 0; ; turn = (turn + 1) % pieces.length) {
        call.check("read image");
        call.progress().report(step, offset, size);
        Piece piece = next(turn);
        ByteBuffer bytes = piece.buffer;
        if (!bytes.hasRemaining()) {
          await();
          return offset;
        }
        if (digest != null) {
          piece.readers.add(worker.submit(Executors.callable(() -> digest.update(bytes))));
        }
        piece.readers.add(keeper.keep(offset, bytes.duplicate()));
        offset += bytes.remaining();
      }
    }
  }

  private Piece next(int turn) throws DiskException {
    Piece piece = pieces[turn];
    if (piece == null) {
      piece = new Piece(pieceSize);
      pieces[turn] = piece;
    }
    await(piece);
    ByteBuffer bytes = piece.buffer.clear();
    int read = 0;
    while (bytes.hasRemaining() && read >= 0) {
      read = stream.read(bytes);
    }
    bytes.flip();
    return piece;
  }

  private void await() throws DiskException {
    for (Piece piece : pieces) {
      if (piece != null) {
        await(piece);
      }
    }
  }

  private void await(Piece piece) throws DiskException {
    for (Future<?> reader : piece.readers) {
      HelperThreads.await(reader, call, "read image");
    }
    piece.readers.clear();
  }
}
