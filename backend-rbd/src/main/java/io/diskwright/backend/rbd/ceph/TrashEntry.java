package io.diskwright.backend.rbd.ceph;

import com.sun.jna.Pointer;
import java.time.Instant;

/**
 * An image in the trash of a pool.
 *
 * @param id its id
 * @param name the name it had
 * @param movedAt when it was moved there
 * @param keptUntil until when it can be removed by force only
 */
public record TrashEntry(String id, String name, Instant movedAt, Instant keptUntil) {
  /** The size of {@code rbd_trash_image_info_t}. */
  static final long SIZE = 40;

  static TrashEntry of(Pointer info) {
    return new TrashEntry(
        Names.at(info, 0),
        Names.at(info, 8),
        Instant.ofEpochSecond(info.getLong(24)),
        Instant.ofEpochSecond(info.getLong(32)));
  }
}
