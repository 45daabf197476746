package io.diskwright.source.http;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** An image at a server. */
final class HttpImageData implements ImageData {
  private final Resource resource;
  private final int connections;
  private final long fast;
  private final Workers workers;
  private final Call call;
  private final @Nullable HttpContent content;
  private final List<HttpStream> streams = new ArrayList<>();
  private boolean closed;

  HttpImageData(Resource resource, int connections, long fast, Workers workers, Call call) {
    this.resource = resource;
    this.connections = connections;
    this.fast = fast;
    this.workers = workers;
    this.call = call;
    Facts facts = resource.facts();
    this.content =
        facts.length() > 0 && Boolean.TRUE.equals(facts.ranges())
            ? new HttpContent(resource, workers, call)
            : null;
  }

  @Override
  public OptionalLong size() {
    long length = resource.facts().length();
    return length < 0 ? OptionalLong.empty() : OptionalLong.of(length);
  }

  @Override
  public Optional<Content> content() {
    return Optional.ofNullable(content);
  }

  @Override
  public synchronized ImageStream stream() throws DiskException {
    if (closed) {
      throw new IllegalStateException("the image is closed");
    }
    call.check("read image");
    HttpStream stream = new HttpStream(resource, connections, fast, workers, call).start();
    streams.add(stream);
    return stream;
  }

  /** What came under one strong validator, or is compared with a digest, needs no question. */
  @Override
  public void verifyUnchanged() throws DiskException {
    if (!resource.isSameAcrossRequests()) {
      boolean unused =
          workers.run(
              call,
              "read image",
              fetch -> {
                resource.verifyUnchanged(fetch);
                return true;
              });
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (content != null) {
      content.close();
    }
    streams.forEach(HttpStream::close);
    streams.clear();
  }
}
