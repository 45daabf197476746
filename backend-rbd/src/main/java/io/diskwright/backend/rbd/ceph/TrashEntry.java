package io.diskwright.backend.rbd.ceph;

import java.time.Instant;

/**
 * An image in the trash of a pool.
 *
 * @param id its id
 * @param name the name it had
 * @param movedAt when it was moved there
 * @param keptUntil until when it can be removed by force only
 */
public record TrashEntry(String id, String name, Instant movedAt, Instant keptUntil) {}
