package io.diskwright.backend.qcow2;

import io.diskwright.backend.qcow2.Qcow2SnapshotTable.Entry;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Snapshot;
import io.diskwright.spi.backend.SnapshotName;
import io.diskwright.spi.backend.Snapshots;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.pool.StoredDisk;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Snapshots inside the disk's own file. */
final class Qcow2Snapshots implements Snapshots {
  private final Qcow2Backend backend;
  private final QemuImg qemuImg;

  Qcow2Snapshots(Qcow2Backend backend, QemuImg qemuImg) {
    this.backend = backend;
    this.qemuImg = qemuImg;
  }

  @Override
  public Snapshot create(DiskName disk, SnapshotName name, Call call) throws DiskException {
    String tried = "create snapshot";
    return backend.guarded(
        tried,
        disk,
        () -> {
          StoredDisk stored = backend.requireClosed(disk, tried);
          if (find(stored, name).isPresent()) {
            throw DiskException.of(Reason.ALREADY_EXISTS, tried)
                .said("the disk has a snapshot '%s' already".formatted(name))
                .remedy("choose another name, or remove that one")
                .build();
          }
          change(tried, "-c", stored, name.value(), call);
          return find(stored, name)
              .map(Entry::snapshot)
              .orElseThrow(() -> new IOException("qemu-img made no snapshot " + name));
        });
  }

  @Override
  public List<Snapshot> list(DiskName disk, Call call) throws DiskException {
    return backend.guarded(
        "list snapshots",
        disk,
        () ->
            Qcow2SnapshotTable.read(backend.disk(disk).path()).stream()
                .map(Entry::snapshot)
                .toList());
  }

  @Override
  public void rollback(DiskName disk, SnapshotName name, Call call) throws DiskException {
    String tried = "roll back to snapshot";
    boolean unused =
        backend.guarded(
            tried,
            disk,
            () -> {
              StoredDisk stored = backend.requireClosed(disk, tried);
              Entry entry = find(stored, name).orElseThrow(() -> missing(tried, name));
              change(tried, "-a", stored, entry.id(), call);
              return true;
            });
  }

  @Override
  public boolean remove(DiskName disk, SnapshotName name, Call call) throws DiskException {
    String tried = "remove snapshot";
    return backend.guarded(
        tried,
        disk,
        () -> {
          StoredDisk stored = backend.requireClosed(disk, tried);
          if (find(stored, name).isEmpty()) {
            return false;
          }
          change(tried, "-d", stored, name.value(), call);
          return true;
        });
  }

  /** Applying takes a snapshot's id, because qemu-img there prefers another's id over a name. */
  private void change(String tried, String action, StoredDisk disk, String snapshot, Call call)
      throws IOException {
    String image = "driver=qcow2,file.driver=file,file.filename=" + option(disk.path().toString());
    qemuImg.run(tried, call, List.of("snapshot", "-q", action, snapshot, "--image-opts", image));
    backend.sync(disk);
  }

  /** In QEMU's option lists a comma is written twice. */
  private static String option(String value) {
    return value.replace(",", ",,");
  }

  private static DiskException missing(String tried, SnapshotName name) {
    return DiskException.of(Reason.NOT_FOUND, tried)
        .said("the disk has no snapshot '%s'".formatted(name))
        .remedy("list the disk's snapshots to see which there are")
        .build();
  }

  private static Optional<Entry> find(StoredDisk disk, SnapshotName name) throws IOException {
    return Qcow2SnapshotTable.read(disk.path()).stream()
        .filter(entry -> entry.snapshot().name().equals(name))
        .findFirst();
  }
}
