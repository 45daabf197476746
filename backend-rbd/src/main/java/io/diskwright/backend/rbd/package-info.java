/**
 * Bases and disks as RBD images of a Ceph pool, which any number of hosts share.
 *
 * <p>One object of the pool, the {@linkplain io.diskwright.backend.rbd.Index index}, holds all
 * records: what it does not name does not exist. A call makes an image of its own under a name that
 * nobody else has, and publishes it by one write operation on the index, which also ends the
 * attempt: who has been swept in the meantime can publish no more. Images are never renamed.
 */
@NullMarked
package io.diskwright.backend.rbd;

import org.jspecify.annotations.NullMarked;
