package io.diskwright.spi.lock;

import java.util.Locale;
import java.util.Objects;

/**
 * What a lock is on, within one pool.
 *
 * @param scope what kind of thing; locks of several scopes are always taken in the order of {@link
 *     Scope}
 * @param name the thing's name
 */
public record LockKey(Scope scope, String name) {
  /** The kinds of things that are locked, in the order in which they are taken. */
  public enum Scope {
    /** One disk, for its mutations. */
    DISK,
    /** One base: exclusive to fill or evict it, shared while a disk is made from it. */
    BASE,
    /** A turn to fill a base of the pool, of which there are as many as may be filled at once. */
    FILL,
    /** The pool's reservations of space; taken by the backend, for a moment. */
    SPACE
  }

  /** Checks that nothing is null. */
  public LockKey {
    Objects.requireNonNull(scope, "scope");
    Objects.requireNonNull(name, "name");
  }

  @Override
  public String toString() {
    return scope.name().toLowerCase(Locale.ROOT) + ' ' + name;
  }
}
