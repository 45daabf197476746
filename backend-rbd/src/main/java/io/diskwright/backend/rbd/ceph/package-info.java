/**
 * A safe layer over librados and librbd, for this backend only: {@link
 * io.diskwright.backend.rbd.ceph.CephLibraries} says whether they are here, {@link
 * io.diskwright.backend.rbd.ceph.CephCluster} connects.
 *
 * <p>Handles form a tree: a cluster has pools, a pool has open images. Any thread may use and close
 * any of them. Closing waits for the calls that are under way, closes what hangs below first, and
 * does nothing the second time; every other call on a closed handle throws {@link
 * IllegalStateException} and never reaches native code. A cluster that is not closed stays open
 * until the JVM ends, whoever forgot it.
 *
 * <p>Every call that reaches the cluster is bounded by the deadline of {@link
 * io.diskwright.backend.rbd.ceph.CephAccess}; some take it two or three times. What changes
 * something and came back with {@code ETIMEDOUT} may still happen.
 *
 * <p>Names are UTF-8. Sizes and offsets are bytes. Numbers and layouts are those of 64-bit Linux.
 */
@NullMarked
package io.diskwright.backend.rbd.ceph;

import org.jspecify.annotations.NullMarked;
