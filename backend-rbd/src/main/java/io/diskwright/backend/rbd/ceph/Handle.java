package io.diskwright.backend.rbd.ceph;

import java.lang.ref.Reference;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A native handle in the tree of handles. Calls share its lock and closing takes it alone, so that
 * none runs while it is closed or after.
 *
 * <p>Closing takes locks from the root towards the leaves. A call therefore never takes that of a
 * handle above its own, which is not needed either: none of them closes during the call. Besides
 * its own it takes at most one more, that of the other pool of a clone.
 */
abstract class Handle implements AutoCloseable {
  private final String name;
  private final @Nullable Handle parent;
  private final Set<Handle> children = ConcurrentHashMap.newKeySet();
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  /** Guarded by the lock. */
  private boolean closed;

  /**
   * Takes what is above it.
   *
   * @param name what it is called in messages, such as {@code image (vms/disk)}
   */
  Handle(String name, @Nullable Handle parent) {
    this.name = name;
    this.parent = parent;
  }

  /** A native call, or some that belong together. */
  @FunctionalInterface
  interface NativeCall<T extends @Nullable Object> {
    T run() throws CephException;
  }

  /** Runs native calls while nobody can close this handle, or what is above it. */
  final <T extends @Nullable Object> T call(NativeCall<T> call) throws CephException {
    ProgressReports.refuseInside(name);
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException(name + " is closed");
      }
      return call.run();
    } finally {
      lock.readLock().unlock();
      Reference.reachabilityFence(this);
    }
  }

  /** Fails when it is closed. */
  final void requireOpen() throws CephException {
    boolean unused = call(() -> true);
  }

  /** Puts a handle below this one; inside {@link #call}, so that closing this one sees it. */
  final <T extends Handle> T adopt(T child) {
    children.add(child);
    return child;
  }

  /** Frees the native handle. */
  abstract void release() throws CephException;

  /**
   * Closes it, and first what hangs below it. Waits for the calls that are under way; does nothing
   * the second time.
   *
   * @throws CephException when the cluster did not take the last of what was written; it is closed
   *     all the same
   * @throws IllegalStateException from inside a report of progress
   */
  @Override
  public final void close() throws CephException {
    ProgressReports.refuseInside(name);
    lock.writeLock().lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      @Nullable CephException failure = null;
      for (Handle child : children) {
        failure = close(child::close, failure);
      }
      failure = close(this::release, failure);
      if (failure != null) {
        throw failure;
      }
    } finally {
      if (parent != null) {
        parent.children.remove(this);
      }
      lock.writeLock().unlock();
    }
  }

  /** One step of closing. */
  @FunctionalInterface
  private interface Step {
    void run() throws CephException;
  }

  private static @Nullable CephException close(Step step, @Nullable CephException before) {
    try {
      step.run();
      return before;
    } catch (CephException e) {
      if (before == null) {
        return e;
      }
      before.addSuppressed(e);
      return before;
    }
  }
}
