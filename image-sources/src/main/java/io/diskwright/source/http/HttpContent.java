package io.diskwright.source.http;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An image's bytes at offsets, by requests for ranges; any thread.
 *
 * <p>Reads whole blocks and keeps the last ones, so that many small reads become few requests; who
 * reads on from block to block gets some blocks ahead.
 */
final class HttpContent implements Content {
  private static final int BLOCK = 64 * 1024;
  private static final int KEPT_BLOCKS = 16;
  private static final int MOST_AHEAD = 4;

  private final Resource resource;
  private final Workers workers;
  private final Call call;
  private final long size;
  private final Map<Long, byte[]> kept = new LinkedHashMap<>(KEPT_BLOCKS, 0.75f, true);
  private long expected = -1;
  private int ahead = 1;
  private volatile @Nullable Fetch current;
  private volatile boolean closed;

  HttpContent(Resource resource, Workers workers, Call call) {
    this.resource = resource;
    this.workers = workers;
    this.call = call;
    this.size = resource.facts().length();
  }

  @Override
  public long size() {
    return size;
  }

  /** Servers do not tell where the zeros are. */
  @Override
  public Extent extentAt(long offset) {
    return new Extent(offset, size - offset, Extent.Kind.DATA);
  }

  @Override
  public synchronized int read(long offset, ByteBuffer target) throws DiskException {
    if (closed) {
      throw new IllegalStateException("the image is closed");
    }
    int read = 0;
    long at = offset;
    while (at < size && target.hasRemaining()) {
      int within = (int) (at % BLOCK);
      byte[] block = block(at / BLOCK, (long) within + target.remaining());
      int some = Math.min(target.remaining(), block.length - within);
      target.put(block, within, some);
      at += some;
      read += some;
    }
    return read;
  }

  /** Returns a block, of which and of those behind it so many bytes are wanted. */
  private byte[] block(long number, long wanted) throws DiskException {
    byte[] block = kept.get(number);
    if (block == null) {
      ahead = number == expected ? Math.min(MOST_AHEAD, ahead * 2) : 1;
      int blocks = (int) Math.max(ahead, Math.min(KEPT_BLOCKS, (wanted + BLOCK - 1) / BLOCK));
      long from = number * BLOCK;
      long end = Math.min(size, from + (long) blocks * BLOCK);
      block = keep(number, fetch(from, end));
      expected = number + blocks;
    }
    return block;
  }

  private byte[] fetch(long from, long end) throws DiskException {
    Fetch next = new Fetch(call, "read image");
    current = next;
    if (closed) {
      next.abort();
    }
    return workers.run(next, fetch -> fetch(from, end, fetch));
  }

  private byte[] fetch(long from, long end, Fetch fetch) throws DiskException {
    byte[] bytes = new byte[(int) (end - from)];
    try (Download download = new Download(resource, from, end, false, fetch)) {
      int read = 0;
      while (read < bytes.length) {
        read += download.read(bytes, read, bytes.length - read);
      }
    }
    return bytes;
  }

  /** Returns the first of the blocks. */
  private byte[] keep(long number, byte[] bytes) {
    byte[] first = bytes;
    for (int from = bytes.length - 1 - (bytes.length - 1) % BLOCK; from >= 0; from -= BLOCK) {
      byte[] block = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + BLOCK));
      kept.put(number + from / BLOCK, block);
      first = block;
    }
    Iterator<Long> oldest = kept.keySet().iterator();
    while (kept.size() > KEPT_BLOCKS) {
      oldest.next();
      oldest.remove();
    }
    return first;
  }

  @Override
  public Optional<Path> path() {
    return Optional.empty();
  }

  /** Ends what is being read. */
  @Override
  public void close() {
    closed = true;
    Fetch last = current;
    if (last != null) {
      last.abort();
    }
  }
}
