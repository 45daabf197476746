package io.diskwright.spi.lock;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import java.util.Optional;

/**
 * Hands out the locks of one pool; any thread.
 *
 * <p>Host locks, across threads and processes of one host, come from core ({@code
 * PoolContext.hostLocks}); a backend on storage that hosts share brings its own, kept on that
 * storage. A lease belongs to who holds the object, not to a thread: the same thread that asks for
 * an exclusive lock twice waits for itself.
 */
public interface LockManager extends AutoCloseable {
  /**
   * Waits for a lock and takes it.
   *
   * <p>While waiting it tells the call's progress that it waits and, as far as it knows, who holds
   * the lock and how far the holder's work is. What is free is taken without a word: by that core
   * knows a wait when there is one.
   *
   * @param key what to lock
   * @param mode how
   * @param call ends the wait by its deadline or its cancellation
   * @return the lease; close it to give the lock back
   * @throws DiskException with reason {@code UNAVAILABLE} when the deadline came first (the message
   *     says who holds it, where known), {@code CANCELLED}, or what the storage said
   * @throws IllegalStateException after {@link #close}
   */
  Lease acquire(LockKey key, LockMode mode, Call call) throws DiskException;

  /**
   * Takes a lock if that needs no waiting.
   *
   * <p>May return empty although the lock is free, when another call is looking at the same lock
   * just then.
   *
   * @param key what to lock
   * @param mode how
   * @param call bounds the contact with the storage; a past deadline alone does not end it
   * @return the lease; empty when somebody holds the lock, or waits for it
   * @throws DiskException with reason {@code CANCELLED}, or what the storage said
   * @throws IllegalStateException after {@link #close}
   */
  Optional<Lease> tryAcquire(LockKey key, LockMode mode, Call call) throws DiskException;

  /** Lets go of what the manager itself holds open; leases that are held stay held. */
  @Override
  void close();
}
