package io.diskwright.core.provision;

import io.diskwright.spi.Answer;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Image;
import java.util.OptionalLong;

/** Checks sizes before anything is made. */
public final class Sizing {
  private static final long SECTOR = 512;

  private Sizing() {}

  /**
   * Fails when a disk cannot have a size on any pool like this one.
   *
   * @param pool the pool
   * @param resource the disk
   * @param size the size asked for, in bytes
   * @throws DiskException with reason {@code INVALID_REQUEST}
   */
  public static void requireValid(OpenPool pool, String resource, long size) throws DiskException {
    if (size <= 0) {
      throw invalid(pool, resource, size, "must be more than 0", "ask for a positive size");
    }
    if (size > pool.virtualSizeLimit()) {
      throw invalid(
          pool,
          resource,
          size,
          "must be at most the pool's virtual-size-limit %d".formatted(pool.virtualSizeLimit()),
          "ask for less, or raise the limit in the configuration");
    }
    if (size % SECTOR != 0) {
      throw invalid(
          pool,
          resource,
          size,
          "must be a multiple of 512",
          "ask for %d".formatted((size / SECTOR + 1) * SECTOR));
    }
  }

  private static DiskException invalid(
      OpenPool pool, String resource, long size, String rule, String remedy) {
    return DiskException.of(Reason.INVALID_REQUEST, "give a size to disk")
        .pool(pool.name().value())
        .resource(resource)
        .said("size (%d) %s".formatted(size, rule))
        .remedy(remedy)
        .build();
  }

  /** Fails when the size asked for is below what the image's source says that a disk must have. */
  static void requireMinimum(OpenPool pool, Image image, OptionalLong size) throws DiskException {
    long least = image.minimumDiskSize().orElse(0);
    if (size.isPresent() && size.getAsLong() < least) {
      throw DiskException.of(Reason.BASE_LARGER_THAN_SIZE, "use image")
          .pool(pool.name().value())
          .resource(image.toString())
          .said(
              "its source says that a disk of it has at least %d bytes, and %d are asked for"
                  .formatted(least, size.getAsLong()))
          .remedy("ask for at least %d bytes".formatted(least))
          .build();
    }
  }

  static void requireFits(OpenPool pool, Image image, long virtualSize, long size)
      throws DiskException {
    Answer answer = pool.backend().verifyBaseSize(virtualSize, size);
    if (!answer.yes()) {
      throw DiskException.of(Reason.BASE_LARGER_THAN_SIZE, "use image")
          .pool(pool.name().value())
          .resource(image.toString())
          .said(answer.reason())
          .remedy(
              "ask for at least %d bytes, or for no size to get the image's".formatted(virtualSize))
          .build();
    }
  }
}
