package io.diskwright.toolkit.pool;

import io.diskwright.spi.backend.Recovery;
import io.diskwright.spi.call.Call;
import io.diskwright.toolkit.os.Errno;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsException;
import io.diskwright.toolkit.os.QemuImageLocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Removes the files of a shelf that no record vouches for and that nobody writes any more; one
 * thread.
 *
 * <p>Who writes a file holds a lock on it, which ends with its process: that alone tells whether a
 * writer lives. A tool that outlives us for a moment holds QEMU's locks.
 */
final class Sweep {
  private final Shelf shelf;
  private final Call call;
  private final List<String> swept = new ArrayList<>();
  private final List<String> restored = new ArrayList<>();
  private final List<String> kept = new ArrayList<>();

  Sweep(Shelf shelf, Call call) {
    this.shelf = shelf;
    this.call = call;
  }

  /** Tells whether a file must stay although no record names it. */
  @FunctionalInterface
  interface Needed {
    boolean isNeeded(Path file) throws IOException;
  }

  /** Sweeps the files whose names fit. */
  Sweep run(Predicate<String> names, Needed needed) throws IOException {
    List<Path> files = shelf.files();
    // What was put aside comes first: it vouches for a file, until it is given back or removed.
    files.sort(Comparator.comparing(file -> Shelf.Kind.of(file) != Shelf.Kind.WITHDRAWN));
    for (Path file : files) {
      call.check("recover");
      if (names.test(Folders.name(file))) {
        look(file, needed);
      }
    }
    return this;
  }

  Recovery recovery() {
    return new Recovery(swept, restored, kept);
  }

  private void look(Path file, Needed needed) throws IOException {
    switch (Shelf.Kind.of(file)) {
      case SCRATCH -> {
        Optional<Path> attempt = shelf.attemptOf(file);
        if (attempt.isEmpty()) {
          remove(file);
        } else {
          ifDead(attempt.get(), () -> remove(file));
        }
      }
      case WITHDRAWN -> ifDead(file, () -> restore(file));
      case DATA -> {
        if (!shelf.vouchesFor(file)) {
          ifDead(file, () -> sweepData(file, needed));
        }
      }
    }
  }

  /** Something that is done with a file that nobody writes. */
  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  /**
   * While the shared lock is held, an attempt cannot begin on the file, and who did finds it gone.
   */
  private void ifDead(Path file, Work work) throws IOException {
    try (NativeFile open = NativeFile.openRead(file)) {
      if (open.tryLock(Attempt.LIVE_BYTE, 1, false) && !QemuImageLocks.isOpen(file)) {
        work.run();
      } else {
        kept.add(file + ": somebody is writing it");
      }
    } catch (OsException e) {
      if (e.errno() != Errno.ENOENT) { // else it was finished or removed in the meantime
        throw e;
      }
    }
  }

  /** Looks at the record again: the writer may have published before it ended. */
  private void sweepData(Path file, Needed needed) throws IOException {
    if (shelf.vouchesFor(file)) {
      return;
    }
    if (needed.isNeeded(file)) {
      kept.add(file + ": disks depend on it, and no record names it");
    } else {
      remove(file);
    }
  }

  private void restore(Path aside) throws IOException {
    if (shelf.giveBack(aside)) {
      restored.add(aside + ": an eviction that was not finished");
    } else {
      remove(aside);
    }
  }

  private void remove(Path file) throws IOException {
    if (Files.deleteIfExists(file)) {
      swept.add(file.toString());
    }
  }
}
