package io.diskwright.source.http;

import io.diskwright.spi.config.Sizes;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Brings bytes of an image in order, and goes on where it was when the connection is cut; one
 * thread.
 */
final class Download implements AutoCloseable {
  private static final int SCRATCH = 64 * 1024;

  private final Resource resource;
  private final Fetch fetch;
  private final boolean maySkip;
  private final Patience patience;
  private long position;
  private long end;
  private @Nullable Response response;
  private long answerEnd;

  /**
   * Makes one; nothing is asked for yet.
   *
   * @param from the offset of the first byte
   * @param end the offset behind the last; -1 for all that there are
   * @param maySkip whether a server that cannot go on may be asked for everything once more
   */
  Download(Resource resource, long from, long end, boolean maySkip, Fetch fetch) {
    this.resource = resource;
    this.position = from;
    this.end = end;
    this.maySkip = maySkip;
    this.fetch = fetch;
    this.patience = resource.patience();
  }

  /**
   * Reads bytes, at least one.
   *
   * @return how many; -1 when there are no more
   */
  int read(byte[] target, int offset, int length) throws DiskException {
    while (position != end) {
      try {
        Response current = response == null ? connect() : response;
        int read = current.read(target, offset, wanted(length));
        if (read > 0) {
          return arrived(read);
        }
        ended(current);
      } catch (DiskException e) {
        throw e;
      } catch (IOException e) {
        setBack(resource.requests().setback(e, resource.place(), fetch));
      } catch (Setback e) {
        setBack(e);
      }
    }
    return -1;
  }

  private int wanted(int length) {
    long most = end < 0 ? length : Math.min(length, end - position);
    return (int) (answerEnd < 0 ? most : Math.min(most, answerEnd - position));
  }

  private int arrived(int read) throws DiskException {
    position += read;
    patience.progressed();
    if (position > resource.sizeLimit()) {
      throw Failures.unacceptable(
          fetch.tried(),
          resource.place(),
          "it has more than %s bytes".formatted(Sizes.format(resource.sizeLimit())),
          "use another image, or raise " + resource.requests().key("size-limit"));
    }
    if (position == answerEnd) {
      finish();
    } else if (position == end) {
      drop();
    }
    return read;
  }

  /** Gives the connection back, and makes sure that the server has no more than it said. */
  private void finish() throws DiskException {
    Response last = response;
    response = null;
    if (last == null) {
      return;
    }
    int more;
    try (last) {
      more = last.read(new byte[1], 0, 1);
    } catch (IOException e) {
      return; // all bytes are there; how the connection ends is of no interest
    }
    if (more > 0) {
      throw Failures.unacceptable(
          fetch.tried(),
          resource.place(),
          "the server sends more than the %d bytes that it said there are".formatted(position),
          "wait until nobody writes the image any more, and try again");
    }
  }

  /** The body is over, and that was not all. */
  private void ended(Response current) throws Setback, DiskException {
    boolean all = end < 0 && (current.endIsMarked() || resource.digestIsChecked());
    drop();
    if (all && position == 0) {
      throw Failures.unacceptable(
          fetch.tried(), resource.place(), "it is empty", "name a file that holds an image");
    }
    if (all) {
      end = position;
      return;
    }
    throw new Setback(
        Setback.Kind.PASSING,
        Failures.failure(Reason.UNAVAILABLE, fetch.tried(), resource.place())
            .said("the server sent %d bytes, and said that there are %d".formatted(position, end))
            .remedy("try again later, or use another server")
            .build());
  }

  private void setBack(Setback setback) throws DiskException {
    drop();
    if (position > 0 && setback.kind() != Setback.Kind.FINAL) {
      requireResumable(setback);
    }
    patience.afterSetback(setback, fetch);
  }

  /** What comes later must be of the same image as what came already. */
  private void requireResumable(Setback setback) throws DiskException {
    if (!resource.isSameAcrossRequests()) {
      throw DiskException.of(Reason.UNAVAILABLE, fetch.tried())
          .resource(resource.place().url().toString())
          .said(
              setback.failure().detail()
                  + ", and it cannot be gone on, as the server gives the image no ETag")
          .remedy("declare the image's digest, or use a server that gives it a strong ETag")
          .cause(setback.failure())
          .build();
    }
  }

  private Response connect() throws Setback, DiskException, IOException {
    Response next = resource.get(position, end, fetch);
    response = next;
    if (next.status() == 206) {
      answerEnd = next.range().orElseThrow().last() + 1;
      return next;
    }
    answerEnd = next.length().orElse(resource.facts().length());
    if (end < 0) {
      end = answerEnd;
    }
    if (position > 0) {
      if (!maySkip || !resource.isSameAcrossRequests()) {
        throw new Setback(
            Setback.Kind.FINAL,
            Failures.failure(Reason.UNAVAILABLE, fetch.tried(), next.place())
                .said("the server was asked for a part, and sends everything")
                .remedy("try again, or use another server")
                .build());
      }
      skip(next);
    }
    return next;
  }

  /** Reads again what came already. */
  private void skip(Response from) throws Setback, DiskException, IOException {
    byte[] scratch = new byte[SCRATCH];
    long left = position;
    while (left > 0) {
      int read = from.read(scratch, 0, (int) Math.min(scratch.length, left));
      if (read < 0) {
        throw new IOException("the body ended after fewer bytes than before");
      }
      left -= read;
    }
  }

  private void drop() {
    if (response != null) {
      response.close();
      response = null;
    }
  }

  @Override
  public void close() {
    drop();
  }
}
