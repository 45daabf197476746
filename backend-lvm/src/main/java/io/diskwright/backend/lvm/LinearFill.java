package io.diskwright.backend.lvm;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import io.diskwright.toolkit.os.BlockDevice;
import io.diskwright.toolkit.os.OsErrors;
import io.diskwright.toolkit.os.OsException;
import io.diskwright.toolkit.thread.HelperThreads;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Writes all of a new linear volume, which holds what somebody has deleted: the bytes of a base,
 * and zeros everywhere else.
 */
final class LinearFill {
  private static final String TRIED = "copy base";
  private static final int WRITERS = 4;
  private static final int BLOCK = BlockDevice.BLOCK;

  /** Of data so much at once; of zeros, which the kernel writes, more. */
  private static final int DATA_STEP = 1024 * 1024;

  private static final long ZERO_STEP = 64L * DATA_STEP;

  private final Content base;
  private final BlockDevice device;
  private final long size;
  private final Call call;
  private long next;
  private long copied;
  private boolean ended;

  private LinearFill(Content base, BlockDevice device, long size, Call call) {
    this.base = base;
    this.device = device;
    this.size = size;
    this.call = call;
  }

  /**
   * Fills a device; durable when this returns.
   *
   * @param size the device's size in bytes, at least the base's
   * @return how many bytes of the base were copied
   */
  static long fill(Content base, BlockDevice device, long size, Call call)
      throws DiskException, OsException {
    LinearFill fill = new LinearFill(base, device, size, call);
    fill.run();
    device.sync();
    return fill.copied;
  }

  /** Nothing is written any more when this returns or throws. */
  private void run() throws DiskException {
    try (HelperThreads threads = new HelperThreads("diskwright-linear", WRITERS)) {
      List<Future<Boolean>> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        writers.add(threads.submit(this::write));
      }
      try {
        for (Future<Boolean> writer : writers) {
          boolean unused = HelperThreads.await(writer, call, TRIED);
        }
      } finally {
        end(); // the call may be over
      }
    }
    call.progress().report("copying", size, size);
  }

  private boolean write() throws DiskException {
    boolean done = false;
    try {
      writePieces();
      done = true;
      return done;
    } finally {
      if (!done) {
        end(); // of which the other writers hear
      }
    }
  }

  private void writePieces() throws DiskException {
    ByteBuffer buffer = BlockDevice.buffer(DATA_STEP);
    for (Extent piece = take(); piece != null; piece = take()) {
      call.progress().report("copying", piece.offset(), size);
      try {
        if (piece.kind() == Extent.Kind.ZERO) {
          device.zero(piece.offset(), piece.length());
        } else {
          copy(piece, buffer);
        }
      } catch (OsException e) {
        throw OsErrors.toFailure(e, TRIED).build();
      }
    }
  }

  private void copy(Extent piece, ByteBuffer buffer) throws DiskException, OsException {
    int length = (int) piece.length();
    buffer.clear().limit((int) Math.min(length, base.size() - piece.offset()));
    int wanted = buffer.limit();
    if (base.read(piece.offset(), buffer) < wanted) {
      throw DiskException.of(Reason.CORRUPT, TRIED)
          .said("the base ends before " + (piece.offset() + wanted))
          .remedy("evict it")
          .build();
    }
    buffer.limit(length);
    while (buffer.hasRemaining()) {
      buffer.put((byte) 0); // the last block of the base is written whole
    }
    device.write(piece.offset(), buffer.flip());
  }

  /** Takes the next piece, of whole blocks; null when there is nothing left to do. */
  private synchronized @Nullable Extent take() throws DiskException {
    if (ended || next >= size) {
      return null;
    }
    Extent piece = next < base.size() ? ofBase(base.extentAt(next)) : zeros(size);
    next = piece.end();
    return piece;
  }

  private Extent ofBase(Extent found) {
    if (found.kind() == Extent.Kind.ZERO) {
      long end = found.end() < base.size() ? found.end() / BLOCK * BLOCK : size;
      if (end > next) {
        return zeros(end);
      }
    }
    // A block of which any part is data is copied.
    long end = Math.max(next + BLOCK, (found.end() + BLOCK - 1) / BLOCK * BLOCK);
    long length = Math.min(end - next, DATA_STEP);
    copied += Math.min(length, base.size() - next);
    return new Extent(next, length, Extent.Kind.DATA);
  }

  private Extent zeros(long end) {
    return new Extent(next, Math.min(end - next, ZERO_STEP), Extent.Kind.ZERO);
  }

  private synchronized void end() {
    ended = true;
  }
}
