package io.diskwright.toolkit.nbd;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an NBD server serves on a Unix socket, as content: guest-visible bytes, with its zeros known
 * as the server tells them. As many threads read at once as there are connections.
 *
 * <p>Follows the protocol's document, which is at
 * https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md: the fixed newstyle handshake
 * with {@code NBD_OPT_GO}, structured replies and the meta context {@code base:allocation}. There
 * is no deadline of its own: who runs the server ends it, and every call then fails. After a
 * failure a connection is not used again.
 */
public final class NbdContent implements Content {
  /** How much is asked about at once; a server may tell about less. */
  private static final int WINDOW = 1 << 30;

  private static final Logger LOG = LoggerFactory.getLogger(NbdContent.class);

  private final List<NbdConnection> all;
  private final BlockingQueue<NbdConnection> free;
  private final String tried;
  private final long size;
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile boolean closed;
  private List<Extent> known = List.of();

  private NbdContent(List<NbdConnection> connections, String tried) {
    this.all = List.copyOf(connections);
    this.free = new ArrayBlockingQueue<>(connections.size(), false, connections);
    this.tried = tried;
    this.size = connections.get(0).size();
  }

  /**
   * Connects to the export that has no name.
   *
   * @param socket the server's socket
   * @param connections how many reads there may be at once, 1 or more; the server must allow as
   *     many
   * @param tried what is tried when it cannot be read, as it would follow "cannot"
   * @throws IOException when there is no server, or none that keeps to the protocol
   */
  public static NbdContent connect(Path socket, int connections, String tried) throws IOException {
    List<NbdConnection> made = new ArrayList<>();
    try {
      for (int i = 0; i < connections; i++) {
        made.add(NbdConnection.open(socket));
        if (made.get(i).size() != made.get(0).size()) {
          throw new NbdProtocolException("the export's size changes");
        }
      }
      return new NbdContent(made, tried);
    } catch (IOException | RuntimeException e) {
      for (NbdConnection connection : made) {
        connection.close();
      }
      throw e;
    }
  }

  @Override
  public long size() {
    return size;
  }

  /** Returns whether nothing is asked of the server just now. */
  public boolean idle() {
    return waiting.get() == 0;
  }

  /** Something that is asked of the server. */
  @FunctionalInterface
  private interface Question<T> {
    T ask(NbdConnection connection) throws IOException;
  }

  private <T> T ask(Question<T> question) throws DiskException {
    @Nullable NbdConnection connection = null;
    try {
      connection = free.take();
      waiting.incrementAndGet();
      try {
        return question.ask(connection);
      } catch (IOException e) {
        connection.close();
        throw e;
      } finally {
        waiting.decrementAndGet();
      }
    } catch (IOException e) {
      throw failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DiskException.of(Reason.CANCELLED, tried)
          .said("the thread was interrupted")
          .remedy("try again when it is wanted after all")
          .cause(e)
          .build();
    } finally {
      if (connection != null) {
        free.add(connection); // a dead one too, so that nobody waits for it
      }
    }
  }

  private DiskException failed(IOException e) {
    requireOpen();
    return DiskException.of(Reason.IO_ERROR, tried)
        .said(e.getMessage() == null ? e.toString() : e.getMessage())
        .remedy("try again; if it fails again, run the program by hand")
        .cause(e)
        .build();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("content is closed");
    }
  }

  @Override
  public synchronized Extent extentAt(long offset) throws DiskException {
    requireOpen();
    Optional<Extent> hit = find(offset);
    if (hit.isEmpty()) {
      int length = (int) Math.min(WINDOW, size - offset);
      known = ask(connection -> connection.extents(offset, length));
      hit = find(offset);
    }
    Extent found = hit.orElseThrow();
    return new Extent(offset, found.end() - offset, found.kind());
  }

  private Optional<Extent> find(long offset) {
    int low = 0;
    int high = known.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Extent extent = known.get(middle);
      if (offset < extent.offset()) {
        high = middle - 1;
      } else if (offset >= extent.end()) {
        low = middle + 1;
      } else {
        return Optional.of(extent);
      }
    }
    return Optional.empty();
  }

  @Override
  public int read(long offset, ByteBuffer target) throws DiskException {
    requireOpen();
    int total = (int) Math.max(0, Math.min(target.remaining(), size - offset));
    int limit = target.limit();
    try {
      for (int done = 0; done < total; ) {
        int length = Math.min(total - done, NbdConnection.LARGEST_READ);
        long at = offset + done;
        target.limit(target.position() + length);
        boolean unused =
            ask(
                connection -> {
                  connection.read(at, target);
                  return true;
                });
        done += length;
      }
    } finally {
      target.limit(limit);
    }
    return total;
  }

  /** Returns nothing: there is no file with just these bytes. */
  @Override
  public Optional<Path> path() {
    return Optional.empty();
  }

  /** Ends all connections; reads that are under way in other threads fail. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (NbdConnection connection : all) {
      try {
        if (idle()) {
          connection.disconnect();
        } else {
          connection.close();
        }
      } catch (IOException e) {
        LOG.debug("the server has gone before us", e);
      }
    }
  }
}
