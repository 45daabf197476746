/**
 * The lock abstraction: {@link io.diskwright.spi.lock.LockManager} hands out leases.
 *
 * <p>Correctness never rests on a lock: it saves work. Every attempt writes a target of its own,
 * and publishing is one atomic operation of the storage that never replaces.
 */
@NullMarked
package io.diskwright.spi.lock;

import org.jspecify.annotations.NullMarked;
