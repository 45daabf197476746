/**
 * Storage backends: how a kind of storage makes disks.
 *
 * <p>A {@link io.diskwright.spi.backend.ImageBackendProvider} is found by {@link
 * java.util.ServiceLoader} and opens an {@link io.diskwright.spi.backend.ImageBackend} for each
 * configured pool. A backend keeps the promises below; each has an id, which the contract tests
 * name.
 *
 * <dl>
 *   <dt>P1
 *   <dd>Found means complete: what find and list return is whole, whatever was killed when.
 *   <dt>P2
 *   <dd>The same request again gives the same disk and no second copy. Deleting what is not there
 *       succeeds. A name is never silently replaced.
 *   <dt>P3
 *   <dd>At most one fill of a base is published, per host for local storage, per cluster for shared
 *       storage.
 *   <dt>P4
 *   <dd>A base never changes after it is published, and never goes while a disk refers to it. Disks
 *       never see each other's writes.
 *   <dt>P5
 *   <dd>A disk reads as the image's content, then zeros to its size, never anyone's old data.
 *       Growing keeps data. Shrinking is refused. Flatten means that it depends on no base any
 *       more.
 *   <dt>P6
 *   <dd>No tool ever guesses a format: every call names it, and a disk's format comes from its
 *       record.
 *   <dt>P7
 *   <dd>Every native call and child process has a deadline and stall detection; children die with
 *       us.
 *   <dt>P8
 *   <dd>No secret on a command line, in a log, in an exception.
 *   <dt>P9
 *   <dd>One grammar of names for every pool, {@code [A-Za-z0-9][A-Za-z0-9._-]{0,62}}, checked once
 *       at the edge by {@link io.diskwright.spi.backend.DiskName} and {@link
 *       io.diskwright.spi.backend.PoolName}.
 *   <dt>P10
 *   <dd>A failure leaves nothing half-made that is not finished, or swept, by the next call or by
 *       recover. An attempt with a live writer is never swept.
 *   <dt>P11
 *   <dd>Every failure says what was tried, on which pool and resource, what the storage said, and
 *       what to do next.
 *   <dt>P12
 *   <dd>What needs a disk to be offline refuses with {@code IN_USE} while a machine has it open;
 *       what works online says what the running machine must be told.
 *   <dt>P13
 *   <dd>Published means durable: bases and disks are synced before their record is.
 * </dl>
 */
@NullMarked
package io.diskwright.spi.backend;

import org.jspecify.annotations.NullMarked;
