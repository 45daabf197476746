/**
 * Pools of files: what backends that keep bases and disks as files of a local file system share.
 *
 * <p>Extend {@link io.diskwright.toolkit.pool.FileBackend}, which finds, lists, caches, evicts and
 * deletes; what is left is how a disk comes of a base. {@link io.diskwright.toolkit.pool.FilePool}
 * is the layout:
 *
 * <pre>
 * diskwright-pool               the marker: uuid, backend, layout version
 * locks                         the lock file; never removed
 * bases/KEY.base                a base's record
 * bases/KEY.ATTEMPT.FORMAT      a base's bytes, mode 0444
 * disks/NAME.disk               a disk's record
 * disks/NAME.ATTEMPT.FORMAT     a disk's bytes
 * space/reserved.ATTEMPT.space  how much space an attempt has reserved, while it is written
 * </pre>
 *
 * <p>A file without a record that names it and its inode does not exist: it is an attempt, alive
 * while somebody holds its lock, else left-over.
 */
@NullMarked
package io.diskwright.toolkit.pool;

import org.jspecify.annotations.NullMarked;
