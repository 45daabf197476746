package io.diskwright.source.http;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.ImageStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;

/**
 * All bytes of an image in order, fetched ahead of the reader over one connection, or over several
 * at once.
 *
 * <p>Memory is bounded: {@link #MOST_MEMORY} at the most, whatever the image's size.
 */
final class HttpStream implements ImageStream {
  private static final String TRIED = "read image";
  private static final int MIB = 1024 * 1024;
  private static final int MOST_MEMORY = 32 * MIB;
  private static final int MOST_SEGMENT = 4 * MIB;
  private static final int ONE_CONNECTION_SEGMENT = MIB;
  private static final int ONE_CONNECTION_SEGMENTS = 8;
  private static final int READ = 256 * 1024;

  /** Below, more connections cost more than they bring. */
  private static final long PARALLEL_FROM = 32L * MIB;

  private final Resource resource;
  private final Segments segments;
  private final Fetch reader;
  private final List<Fetch> fetches = new ArrayList<>();
  private final List<Future<?>> running = new ArrayList<>();

  private HttpStream(Resource resource, Segments segments, Call call) {
    this.resource = resource;
    this.segments = segments;
    this.reader = new Fetch(call, TRIED);
  }

  static HttpStream start(Resource resource, int connections, Workers workers, Call call) {
    Facts facts = resource.facts();
    boolean parallel =
        connections > 1
            && facts.length() >= PARALLEL_FROM
            && Boolean.TRUE.equals(facts.ranges())
            && facts.rangeCondition().isPresent();
    return parallel
        ? parallel(resource, connections, workers, call)
        : oneByOne(resource, workers, call);
  }

  private static HttpStream oneByOne(Resource resource, Workers workers, Call call) {
    Segments segments =
        new Segments(ONE_CONNECTION_SEGMENT, ONE_CONNECTION_SEGMENTS, Long.MAX_VALUE);
    HttpStream stream = new HttpStream(resource, segments, call);
    stream.run(workers, call, stream::fetchAll);
    return stream;
  }

  /** A segment more than there are connections lets each begin its next one at once. */
  private static HttpStream parallel(
      Resource resource, int connections, Workers workers, Call call) {
    int most = connections + 2;
    int size = Math.min(MOST_SEGMENT, MOST_MEMORY / most / READ * READ);
    long count = (resource.facts().length() + size - 1) / size;
    HttpStream stream = new HttpStream(resource, new Segments(size, most, count), call);
    for (int i = 0; i < connections; i++) {
      stream.run(workers, call, stream::fetchSegments);
    }
    return stream;
  }

  /** Something that fills segments. */
  @FunctionalInterface
  private interface Filling {
    void run(Fetch fetch) throws DiskException;
  }

  private void run(Workers workers, Call call, Filling filling) {
    Fetch fetch = new Fetch(call, TRIED);
    fetches.add(fetch);
    running.add(
        workers.start(
            () -> {
              try {
                filling.run(fetch);
              } catch (DiskException e) {
                segments.fail(e);
              } catch (RuntimeException | Error e) {
                segments.fail(Workers.failure(e, TRIED));
              }
            }));
  }

  private void fetchAll(Fetch fetch) throws DiskException {
    try (Download download = new Download(resource, 0, resource.facts().length(), true, fetch)) {
      boolean more = true;
      while (more) {
        Segments.Segment segment = segments.next(fetch);
        more = segment != null && fill(segment, segments.size(), download);
      }
    }
  }

  private void fetchSegments(Fetch fetch) throws DiskException {
    long length = resource.facts().length();
    for (Segments.Segment segment = segments.next(fetch);
        segment != null;
        segment = segments.next(fetch)) {
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
    segments.close();
    reader.abort();
    fetches.forEach(Fetch::abort);
    Workers.awaitEnd(running);
  }
}
