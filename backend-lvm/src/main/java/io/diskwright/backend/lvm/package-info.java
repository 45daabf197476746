/**
 * Pools on a thin pool of LVM. A base is a thin volume that cannot be written, a disk a thin
 * snapshot of one; their records are tags of their volumes.
 *
 * <p>{@code LvmBackend} is the pool as core sees it, {@code LvmBases} and {@code LvmDisks} are what
 * it holds, {@code Attempt} is what is being made, and {@code Sweep} what was and is no more.
 */
@NullMarked
package io.diskwright.backend.lvm;

import org.jspecify.annotations.NullMarked;
