package io.diskwright.backend.lvm;

import io.diskwright.backend.lvm.lvm2.Volume;
import io.diskwright.spi.backend.Recovery;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.toolkit.os.Errno;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Clears away the volumes of attempts that nobody makes any more, as the locks in this host's
 * folder say. One thread.
 */
final class Sweep {
  private final LvmPool pool;
  private final Call call;
  private final List<String> swept = new ArrayList<>();
  private final List<String> restored = new ArrayList<>();
  private final List<String> kept = new ArrayList<>();

  Sweep(LvmPool pool, Call call) {
    this.pool = pool;
    this.call = call;
  }

  /** Sweeps what this folder knows of, without a question to lvm2 when that is nothing. */
  Sweep run() throws IOException {
    for (String attempt : pool.folder().attempts()) {
      call.check("recover");
      ifDead(attempt);
    }
    return this;
  }

  /** While the lock is held nobody begins the attempt, and who did finds its file gone. */
  private void ifDead(String attempt) throws IOException {
    Path file = pool.folder().attempt(attempt);
    try (NativeFile lock = NativeFile.openWrite(file)) {
      if (!lock.tryLock(0, 1, true)) {
        kept.add(attempt + ": somebody is making its volume, or clears it away");
        return;
      }
      boolean cleared = true;
      Volumes volumes = pool.volumes(call);
      for (Volume left : volumes.leftIn(pool.thinPool())) {
        if (Volumes.attempt(left).filter(tag -> tag.attempt().equals(attempt)).isPresent()) {
          cleared &= clear(left, volumes);
        }
      }
      if (cleared) {
        Files.deleteIfExists(file);
      }
    } catch (OsException e) {
      if (e.errno() != Errno.ENOENT) { // else it has ended meanwhile
        throw e;
      }
    }
  }

  /**
   * Sweeps besides what has lost its file in this folder; leaves alone what others make. An attempt
   * removes its file when it has ended, and no other gets its id: what is left without one now, and
   * still is when it is looked at again, nobody will finish.
   */
  Recovery recover() throws IOException {
    run();
    List<Volume> lost = new ArrayList<>();
    for (Volume left : pool.volumes(call).leftIn(pool.thinPool())) {
      Optional<AttemptTag> tag = Volumes.attempt(left);
      if (tag.isEmpty() || !tag.get().folder().equals(pool.folder().id())) {
        kept.add(left.name() + ": it is made with another folder than this host's");
      } else if (Files.notExists(pool.folder().attempt(tag.get().attempt()))) {
        lost.add(left);
      }
    }
    Volumes again = pool.volumes(call);
    for (Volume left : again.leftIn(pool.thinPool())) {
      if (lost.stream().anyMatch(before -> before.uuid().equals(left.uuid()))) {
        boolean unused = clear(left, again);
      }
    }
    for (Volume snapshot : again.in(pool.thinPool(), Volumes.SNAPSHOT)) {
      Optional<String> disk = ThinSnapshots.diskOf(snapshot);
      if (disk.isEmpty()) {
        kept.add(snapshot.name() + ": its tags do not say of which disk it is");
      } else if (again.ofDisk(pool.thinPool(), disk.get()).isEmpty()) {
        boolean unused = remove(snapshot); // its disk was deleted
      }
    }
    swept.addAll(pool.reservations().sweep());
    return new Recovery(swept, restored, kept);
  }

  /**
   * Wipes what deleted disks have left whose deletion was cut short. It can take long, which nobody
   * waits for who only makes something.
   */
  Recovery wipe() throws IOException {
    for (Volume gone : pool.volumes(call).in(pool.thinPool(), Volumes.GONE)) {
      if (Files.exists(pool.folder().attempt(Volumes.wiper(gone)))) {
        kept.add(gone.name() + ": somebody is wiping it");
      } else {
        wipe(gone);
      }
    }
    return new Recovery(swept, restored, kept);
  }

  /** A volume that cannot be written hinders no other. */
  private void wipe(Volume gone) throws IOException {
    try {
      boolean unused = change(gone, () -> pool.dispose(gone, call), swept, gone.name());
    } catch (DiskException e) {
      throw e;
    } catch (IOException e) {
      if (pool.look(gone.name(), call).isPresent()) { // else another one was faster
        kept.add(gone.name() + ": " + e.getMessage());
      }
    }
  }

  /** Returns whether nothing is left of it. */
  private boolean clear(Volume left, Volumes volumes) throws IOException {
    return left.name().startsWith(Volumes.BACK) ? putInPlace(left, volumes) : remove(left);
  }

  /** Finishes what has gone back to a snapshot: removes what it replaces, and takes its name. */
  private boolean putInPlace(Volume back, Volumes volumes) throws IOException {
    for (Volume other : volumes.ofDisk(pool.thinPool(), Volumes.identity(back))) {
      if (Volumes.generation(other) < Volumes.generation(back) && !remove(other)) {
        return false;
      }
    }
    String name = Volumes.nameOf(Records.disk(back).name());
    return change(back, () -> pool.group().rename(back.name(), name, call), restored, name);
  }

  private boolean remove(Volume volume) throws IOException {
    return change(volume, () -> pool.group().remove(volume.name(), call), swept, volume.name());
  }

  /** A change of a volume. */
  @FunctionalInterface
  private interface Change {
    void make() throws IOException;
  }

  /** What lvm2 refuses is kept, and hinders nobody; another sweeper may have been faster. */
  private boolean change(Volume volume, Change change, List<String> done, String told)
      throws IOException {
    try {
      change.make();
      done.add(told);
      return true;
    } catch (DiskException e) {
      LvmPool.requireRefused(e);
      if (pool.look(volume.name(), call).isEmpty()) {
        return true;
      }
      kept.add(volume.name() + ": " + e.detail());
      return false;
    }
  }
}
