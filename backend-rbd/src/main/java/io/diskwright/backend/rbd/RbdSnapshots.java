package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.RbdDisks.Found;
import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.RbdImage;
import io.diskwright.backend.rbd.ceph.RbdSnapshot;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Snapshot;
import io.diskwright.spi.backend.SnapshotName;
import io.diskwright.spi.backend.Snapshots;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.os.Errno;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The snapshots of disks, which are RBD's own. */
final class RbdSnapshots implements Snapshots {
  private final RbdPool pool;
  private final RbdDisks disks;

  RbdSnapshots(RbdPool pool, RbdDisks disks) {
    this.pool = pool;
    this.disks = disks;
  }

  @Override
  public Snapshot create(DiskName disk, SnapshotName name, Call call) throws DiskException {
    return pool.run("create snapshot", disk, call, gate -> create(disk, name, gate));
  }

  private Snapshot create(DiskName disk, SnapshotName name, Gate gate) throws IOException {
    Found found = offline(disk, "create snapshot");
    gate.commit();
    try (RbdImage image = pool.images().openById(found.image().id(), false)) {
      image.createSnapshot(name.value());
      return snapshot(image, find(image, name).orElseThrow(() -> missing(disk, name)));
    } catch (CephException e) {
      if (e.is(Errno.EEXIST)) {
        throw DiskException.of(Reason.ALREADY_EXISTS, "create snapshot")
            .resource(disk + "@" + name)
            .said("the disk has a snapshot of that name")
            .remedy("choose another name, or remove it")
            .build();
      }
      throw e;
    }
  }

  private Found offline(DiskName disk, String tried) throws IOException {
    Found found = disks.require(disk);
    disks.requireOffline(found, tried);
    return found;
  }

  private static Optional<RbdSnapshot> find(RbdImage image, SnapshotName name)
      throws CephException {
    return image.snapshots().stream()
        .filter(
            snapshot ->
                snapshot.kind() == RbdSnapshot.Kind.USER && snapshot.name().equals(name.value()))
        .findFirst();
  }

  private static Snapshot snapshot(RbdImage image, RbdSnapshot snapshot) throws CephException {
    Instant created = image.snapshotCreated(snapshot.id());
    return new Snapshot(new SnapshotName(snapshot.name()), snapshot.size(), created);
  }

  private static DiskException missing(DiskName disk, SnapshotName name) {
    return DiskException.of(Reason.NOT_FOUND, "find snapshot")
        .resource(disk + "@" + name)
        .said("the disk has no such snapshot")
        .remedy("list the disk's snapshots to see which there are")
        .build();
  }

  /**
   * Others than we may have made snapshots with names that are none of ours; those are left out.
   */
  @Override
  public List<Snapshot> list(DiskName disk, Call call) throws DiskException {
    return pool.run(
        "list snapshots",
        disk,
        call,
        gate -> {
          Found found = disks.require(disk);
          List<Snapshot> snapshots = new ArrayList<>();
          try (RbdImage image = pool.images().openById(found.image().id(), true)) {
            List<RbdSnapshot> all = new ArrayList<>(image.snapshots());
            all.sort(Comparator.comparingLong(RbdSnapshot::id));
            for (RbdSnapshot one : all) {
              if (one.kind() == RbdSnapshot.Kind.USER && isName(one.name())) {
                snapshots.add(snapshot(image, one));
              }
            }
          }
          return snapshots;
        });
  }

  private static boolean isName(String name) {
    try {
      return new SnapshotName(name).value().equals(name);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public void rollback(DiskName disk, SnapshotName name, Call call) throws DiskException {
    boolean unused = pool.run("roll disk back", disk, call, gate -> rollback(disk, name, gate));
  }

  private boolean rollback(DiskName disk, SnapshotName name, Gate gate) throws IOException {
    Found found = offline(disk, "roll disk back");
    gate.commit();
    try (RbdImage image = pool.images().openById(found.image().id(), false)) {
      if (find(image, name).isEmpty()) {
        throw missing(disk, name);
      }
      image.rollBack(name.value(), (done, total) -> gate.report("rolling back", done, total));
      return true;
    }
  }

  @Override
  public boolean remove(DiskName disk, SnapshotName name, Call call) throws DiskException {
    return pool.run("remove snapshot", disk, call, gate -> remove(disk, name, gate));
  }

  private boolean remove(DiskName disk, SnapshotName name, Gate gate) throws IOException {
    Found found = offline(disk, "remove snapshot");
    try (RbdImage image = pool.images().openById(found.image().id(), false)) {
      Optional<RbdSnapshot> snapshot = find(image, name);
      if (snapshot.isEmpty()) {
        return false;
      }
      if (snapshot.get().isProtected()) {
        throw DiskException.of(Reason.HAS_DEPENDENTS, "remove snapshot")
            .resource(disk + "@" + name)
            .said("it is protected, and not by us: clones may depend on it")
            .remedy("flatten its clones, and run: rbd snap unprotect")
            .build();
      }
      gate.commit();
      image.removeSnapshot(name.value());
      return true;
    }
  }
}
