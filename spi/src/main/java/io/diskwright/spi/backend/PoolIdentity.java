package io.diskwright.spi.backend;

import java.util.Objects;
import java.util.UUID;

/**
 * What a pool's marker on the storage says.
 *
 * @param uuid tells this pool from every other one
 * @param backend the id of the backend that owns the pool
 * @param layoutVersion the version of the backend's layout on the storage, 1 or more; a newer one
 *     than the backend knows is refused when the pool is opened
 */
public record PoolIdentity(UUID uuid, String backend, int layoutVersion) {
  /** Checks that nothing is null. */
  public PoolIdentity {
    Objects.requireNonNull(uuid, "uuid");
    Objects.requireNonNull(backend, "backend");
  }
}
