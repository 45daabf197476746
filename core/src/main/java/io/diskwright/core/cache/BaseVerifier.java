package io.diskwright.core.cache;

import io.diskwright.core.cache.Verification.State;
import io.diskwright.core.fill.BlockChecksum;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.NotFoundException;
import io.diskwright.spi.image.Content;
import java.util.Optional;

/**
 * Reads bases again and compares them with what was published; any thread.
 *
 * <p>It takes no lock: an open base stays readable, and creating and evicting need not wait for it.
 */
public final class BaseVerifier {
  private static final String TRIED = "verify base";

  private final ImageBackend backend;

  /** Verifies bases of an opened pool. */
  public BaseVerifier(ImageBackend backend) {
    this.backend = backend;
  }

  /**
   * Reads a base again; zeros cost nothing.
   *
   * @param base the base
   * @param call deadline, cancellation, progress
   * @return what was found, also when the base cannot be read
   * @throws DiskException when the pool does not answer, or the call was ended
   */
  public Verification verify(BaseRecord base, Call call) throws DiskException {
    Optional<String> published = base.checksum();
    if (published.isEmpty()) {
      return new Verification(
          base, State.UNKNOWN, "no checksum was computed when it was filled; see base-checksums");
    }
    if (!BlockChecksum.knows(published.get())) {
      return new Verification(
          base, State.UNKNOWN, "its checksum is of a kind that this version does not know");
    }
    try (Content content = backend.openBase(base, call)) {
      String found = BlockChecksum.of(content, TRIED, call);
      return found.equals(published.get())
          ? new Verification(base, State.SOUND, "")
          : damaged(base, "it reads otherwise than when it was published", call);
    } catch (NotFoundException e) {
      return gone(base);
    } catch (DiskException e) {
      return switch (e.reason()) {
        case CORRUPT, IO_ERROR -> damaged(base, e.detail(), call);
        default -> throw e;
      };
    }
  }

  /** A base that is evicted meanwhile may be reused for something else by its storage. */
  private Verification damaged(BaseRecord base, String detail, Call call) throws DiskException {
    Optional<String> there = backend.findBase(base.key(), call).map(BaseRecord::storageId);
    return there.equals(Optional.of(base.storageId()))
        ? new Verification(base, State.DAMAGED, detail)
        : gone(base);
  }

  private static Verification gone(BaseRecord base) {
    return new Verification(base, State.GONE, "it was evicted in the meantime");
  }
}
