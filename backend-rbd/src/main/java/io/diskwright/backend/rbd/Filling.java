package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.RbdImage;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.BaseRequest;
import io.diskwright.spi.backend.FillProof;
import io.diskwright.spi.backend.Sink;
import io.diskwright.spi.call.Call;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A base's image while it is being filled. It is published or closed in whatever thread; who closes
 * it while it is being published waits until that has ended.
 */
final class Filling implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Filling.class);

  private final RbdPool pool;
  private final BaseRequest request;
  private final Attempt attempt;
  private final RbdImage image;
  private final BaseSnapshot snapshot;

  private Filling(
      RbdPool pool, BaseRequest request, Attempt attempt, RbdImage image, BaseSnapshot snapshot) {
    this.pool = pool;
    this.request = request;
    this.attempt = attempt;
    this.image = image;
    this.snapshot = snapshot;
  }

  /** Makes an image, whose name begins with this one. */
  static Filling begin(RbdPool pool, String name, BaseRequest request) throws IOException {
    Attempt attempt = pool.attempt(name);
    try {
      pool.images().createImage(attempt.image(), request.length(), pool.imageOptions());
      RbdImage image = pool.images().open(attempt.image(), false);
      try {
        return new Filling(pool, request, attempt, image, BaseSnapshot.ahead(pool, image));
      } catch (IOException | RuntimeException e) {
        try (image) {
          throw e;
        }
      }
    } catch (IOException | RuntimeException e) {
      attempt.close();
      throw e;
    }
  }

  /** Returns where the bytes go, each write for no longer than the call allows. */
  Sink sink(Call call) throws CephException {
    return new RbdSink(pool, attempt, image, request.length(), call);
  }

  /** Publishes the base; empty when another was faster. */
  synchronized Optional<BaseRecord> publish(FillProof proof, Gate gate) throws IOException {
    gate.check();
    StorageId storageId = new StorageId(attempt.image(), image.id());
    snapshot.take();
    image.close();
    BaseRecord record = BaseRecord.of(request, storageId.toString(), proof);
    gate.commit();
    return attempt.publish(RbdBases.entry(record), Optional.empty())
        ? Optional.of(record)
        : Optional.empty();
  }

  /** Removes the image, unless it was published. */
  @Override
  public synchronized void close() {
    try {
      image.close();
    } catch (CephException e) {
      LOG.warn("image {} was not closed as it should be: {}", attempt.image(), e.getMessage());
    }
    attempt.close();
  }
}
