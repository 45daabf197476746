package io.diskwright.spi.backend;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import java.util.List;

/** Keeping a disk's state under a name, and going back to it. */
public non-sealed interface Snapshots extends Facet {
  /**
   * Keeps the disk's state under a name.
   *
   * @param disk the disk, which no machine may have open
   * @param name the snapshot's name, new on this disk
   * @param call deadline, cancellation, progress
   * @return the snapshot
   * @throws DiskException with reason {@code NOT_FOUND} (the disk), {@code ALREADY_EXISTS} (the
   *     snapshot), {@code IN_USE}, {@code NO_SPACE} or what the storage said
   */
  Snapshot create(DiskName disk, SnapshotName name, Call call) throws DiskException;

  /**
   * Lists a disk's snapshots, oldest first.
   *
   * @param disk the disk
   * @param call deadline and cancellation
   * @throws DiskException with reason {@code NOT_FOUND} (the disk) or what the storage said
   */
  List<Snapshot> list(DiskName disk, Call call) throws DiskException;

  /**
   * Makes the disk what it was when the snapshot was made; writes since then are lost.
   *
   * @param disk the disk, which no machine may have open
   * @param name the snapshot, which stays
   * @param call deadline, cancellation, progress
   * @throws DiskException with reason {@code NOT_FOUND} (the disk or the snapshot), {@code IN_USE}
   *     or what the storage said
   */
  void rollback(DiskName disk, SnapshotName name, Call call) throws DiskException;

  /**
   * Removes a snapshot.
   *
   * @param disk the disk, which no machine may have open
   * @param name the snapshot
   * @param call deadline, cancellation, progress
   * @return whether it was there; removing what is not there succeeds (promise P2)
   * @throws DiskException with reason {@code NOT_FOUND} (the disk), {@code IN_USE}, {@code
   *     HAS_DEPENDENTS} or what the storage said
   */
  boolean remove(DiskName disk, SnapshotName name, Call call) throws DiskException;
}
