package io.diskwright.source.http;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.ImageStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * All bytes of an image in order, fetched ahead of the reader: by one request, and over several
 * connections at once when that proves slow.
 *
 * <p>Memory is bounded: {@link #MOST_MEMORY} at the most, whatever the image's size.
 */
final class HttpStream implements ImageStream {
  private static final String TRIED = "read image";
  private static final int MIB = 1024 * 1024;
  private static final int MOST_MEMORY = 32 * MIB;
  private static final int MOST_SEGMENT = 4 * MIB;
  private static final int ALONE_SEGMENT = MIB;
  private static final int ALONE_SEGMENTS = 8;
  private static final int READ = 256 * 1024;

  /** The first segments do not count: connections begin slowly. */
  private static final int WARM_UP = 2;

  /** Below, more connections cost more than they bring. */
  private static final long HELPED_FROM = 32L * MIB;

  private final Resource resource;
  private final Workers workers;
  private final Call call;
  private final int helpers;
  private final long fast;
  private final Segments segments;
  private final Fetch reader;
  private final List<Fetch> fetches = new ArrayList<>();
  private final List<Future<?>> running = new ArrayList<>();
  private boolean closed;

  /**
   * Starts to fetch.
   *
   * @param connections how many there may be at once
   * @param fast how many bytes per second are enough for one of them
   */
  HttpStream(Resource resource, int connections, long fast, Workers workers, Call call) {
    this.resource = resource;
    this.workers = workers;
    this.call = call;
    this.helpers = canBeHelped(resource.facts()) ? connections - 1 : 0;
    this.fast = fast;
    this.segments = segments(resource.facts().length(), helpers);
    this.reader = new Fetch(call, TRIED);
  }

  private static boolean canBeHelped(Facts facts) {
    return facts.length() >= HELPED_FROM
        && Boolean.TRUE.equals(facts.ranges())
        && facts.isSameAcrossRequests();
  }

  /** A segment more than there are connections lets each begin its next one at once. */
  private static Segments segments(long length, int helpers) {
    if (helpers == 0) {
      return new Segments(ALONE_SEGMENT, ALONE_SEGMENTS, Long.MAX_VALUE);
    }
    int most = helpers + 3;
    int size = Math.min(MOST_SEGMENT, MOST_MEMORY / most / READ * READ);
    return new Segments(size, most, (length + size - 1) / size);
  }

  HttpStream start() {
    run(this::fetchAll);
    return this;
  }

  /** Something that fills segments. */
  @FunctionalInterface
  private interface Filling {
    void run(Fetch fetch) throws DiskException;
  }

  private synchronized void run(Filling filling) {
    if (closed) {
      return;
    }
    Fetch fetch = new Fetch(call, TRIED);
    fetches.add(fetch);
    running.add(workers.start(Executors.callable(() -> run(filling, fetch))));
  }

  private void run(Filling filling, Fetch fetch) {
    try {
      filling.run(fetch);
    } catch (DiskException e) {
      segments.fail(e);
    } catch (RuntimeException | Error e) {
      segments.fail(Workers.failure(e, TRIED));
    }
  }

  /** Fills segments by one request, until somebody helps. */
  private void fetchAll(Fetch fetch) throws DiskException {
    Segments.Segment segment = segments.next(fetch);
    long number = 0;
    boolean helped = false;
    try (Download download = new Download(resource, 0, resource.facts().length(), true, fetch)) {
      while (segment != null && segment.number() == number) {
        long began = System.nanoTime();
        if (!fill(segment, segments.size(), download)) {
          return;
        }
        number++;
        if (!helped && number > WARM_UP && isSlow(began)) {
          helped = true;
          startHelpers();
        }
        segment = segments.next(fetch);
      }
    }
    fetchFrom(segment, fetch);
  }

  private void startHelpers() {
    for (int i = 0; i < helpers; i++) {
      run(this::fetchSegments);
    }
  }

  private boolean isSlow(long began) {
    double seconds = (System.nanoTime() - began) / 1e9;
    return segments.size() < seconds * fast;
  }

  private void fetchSegments(Fetch fetch) throws DiskException {
    fetchFrom(segments.next(fetch), fetch);
  }

  private void fetchFrom(Segments.@Nullable Segment first, Fetch fetch) throws DiskException {
    long length = resource.facts().length();
    for (Segments.Segment segment = first; segment != null; segment = segments.next(fetch)) {
      long end = Math.min(length, segment.offset() + segments.size());
      try (Download download = new Download(resource, segment.offset(), end, false, fetch)) {
        boolean unused = fill(segment, (int) (end - segment.offset()), download);
      }
    }
  }

  /** Returns whether it was filled, and not cut short by the end of the image. */
  private static boolean fill(Segments.Segment segment, int length, Download download)
      throws DiskException {
    int filled = 0;
    while (filled < length) {
      int read = download.read(segment.bytes(), filled, Math.min(READ, length - filled));
      if (read < 0) {
        break;
      }
      filled += read;
      segment.filledTo(filled);
    }
    segment.done();
    return filled == length;
  }

  @Override
  public int read(ByteBuffer target) throws DiskException {
    return segments.read(target, reader);
  }

  /** Ends what is under way, and waits a moment for it. */
  @Override
  public void close() {
    List<Fetch> begun;
    List<Future<?>> begunWork;
    synchronized (this) {
      closed = true;
      begun = List.copyOf(fetches);
      begunWork = List.copyOf(running);
    }
    segments.close();
    reader.abort();
    begun.forEach(Fetch::abort);
    Workers.awaitEnd(begunWork);
  }
}
