package io.diskwright.backend.rbd.ceph;

import java.util.List;

/**
 * Who holds a lock on an object. Those whose lease has lapsed are not among them.
 *
 * @param exclusive whether it is held alone; says nothing when nobody holds it
 * @param tag the tag that shared holders agree on; empty for an exclusive lock
 * @param all the holders; empty when nobody holds it, or there is no such object
 */
public record Lockers(boolean exclusive, String tag, List<Locker> all) {
  static final Lockers NOBODY = new Lockers(false, "", List.of());

  /** Makes one. */
  public Lockers {
    all = List.copyOf(all);
  }
}
