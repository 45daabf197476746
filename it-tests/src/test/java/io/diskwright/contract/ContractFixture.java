package io.diskwright.contract;

import io.diskwright.spi.backend.Attachment;
import io.diskwright.spi.backend.Facet;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.PoolUsage;
import io.diskwright.spi.call.Call;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * One fresh, empty piece of storage for one test, and how to reach it; thread-safe.
 *
 * <p>Making a fixture must not open the pool yet.
 */
public interface ContractFixture extends AutoCloseable {
  /**
   * Opens the pool, once more each time: every instance works on the same storage.
   *
   * @param keepFree what the context says is to be kept free, in bytes
   * @return a backend that the caller closes
   */
  ImageBackend open(long keepFree) throws IOException;

  /** Opens the pool, of whose storage nothing is to be kept free. */
  default ImageBackend open() throws IOException {
    return open(0);
  }

  /**
   * Opens a disk as a machine does that uses it: what tells that a disk is in use tells it until
   * the result is closed.
   */
  GuestDisk attach(Attachment disk) throws IOException;

  /** Returns the facets that the backend claims to hand out; no other may be there. */
  default Set<Class<? extends Facet>> facets() {
    return Set.of();
  }

  /** Returns how full the storage is that the bases of a pool are on. */
  default PoolUsage baseSpace(ImageBackend pool, Call call) throws IOException {
    return pool.usage(call);
  }

  /** Returns whether a disk takes space only for what is written to it. */
  default boolean thin() {
    return true;
  }

  /**
   * Returns of how many bytes that which a machine sees of a disk is a multiple; what is beyond the
   * disk's size then reads as zeros.
   */
  default int sizeUnit() {
    return 512;
  }

  /**
   * Returns how often a race is tried, of how often it is tried where calls take milliseconds.
   *
   * @param most how often that is
   * @return from 1 to {@code most}
   */
  default int rounds(int most) {
    return most;
  }

  /**
   * Returns how many disks, or callers at once, are many, where calls take milliseconds.
   *
   * @param most how many there are on such storage
   * @return from 2 to {@code most}
   */
  default int many(int most) {
    return most;
  }

  /** Returns how long one call may take on this storage. */
  default Duration patience() {
    return Duration.ofMinutes(2);
  }

  /** Returns words from the pool's settings that no message may contain. */
  default List<String> secrets() {
    return List.of();
  }

  /**
   * Returns what lies on the storage and belongs to no base and no disk, as far as can be told;
   * asked when no call is under way. Each test fails when there is anything.
   */
  default List<String> strays() throws IOException {
    return List.of();
  }

  /** Removes the storage. */
  @Override
  void close() throws IOException;
}
