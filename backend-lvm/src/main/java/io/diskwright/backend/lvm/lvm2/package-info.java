/**
 * The layer over lvm2's command {@code lvm}: {@link io.diskwright.backend.lvm.lvm2.VolumeGroup}
 * reads and changes one volume group, {@link io.diskwright.backend.lvm.lvm2.RecordTags} keeps
 * records as tags.
 *
 * <p>It knows lvm2, and nothing of pools, bases and disks.
 */
@NullMarked
package io.diskwright.backend.lvm.lvm2;

import org.jspecify.annotations.NullMarked;
