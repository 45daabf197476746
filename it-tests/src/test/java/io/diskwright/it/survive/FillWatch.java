package io.diskwright.it.survive;

import io.diskwright.toolkit.os.Errno;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Watches how many bases of a pool are being filled at once, and how much of its file system is
 * free, in a thread of its own. It goes by the locks that live writers hold on their files, and
 * takes none.
 */
final class FillWatch implements AutoCloseable {
  private static final long LIVE_BYTE = 1L << 62;

  private final Path home;
  private final Path bases;
  private final Thread thread;
  private volatile boolean ended;
  private volatile Throwable failure;
  private volatile int most;
  private volatile long leastFree = Long.MAX_VALUE;

  FillWatch(Path home) {
    this.home = home;
    this.bases = TestPool.folder(home).resolve("bases");
    this.thread = new Thread(this::watch, "fill-watch");
    thread.start();
  }

  private void watch() {
    try {
      while (!ended) {
        most = Math.max(most, fills());
        leastFree = Math.min(leastFree, Files.getFileStore(home).getUsableSpace());
      }
    } catch (IOException | RuntimeException e) {
      failure = e;
    }
  }

  /**
   * Returns how many fills were under way at one instant: a file is locked once, from its beginning
   * to its end, so that all that are seen locked by a first look and again by a second one were
   * locked when the second began. Those that were published by then are left out: a child process
   * that is just being started may hold their lock a moment longer than their maker does.
   */
  private int fills() throws IOException {
    if (!Files.isDirectory(bases)) {
      return 0;
    }
    Set<Path> written = new HashSet<>(writtenOf(files()));
    written.retainAll(writtenOf(List.copyOf(written)));
    return written.size();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(bases)) {
      return files.filter(file -> file.toString().endsWith(".raw")).toList();
    }
  }

  private static List<Path> writtenOf(List<Path> files) throws IOException {
    Set<Path> written = new HashSet<>();
    for (Path path : files) {
      try (NativeFile file = NativeFile.openRead(path)) {
        if (file.isLockedByOthers(LIVE_BYTE, 1) && Files.notExists(record(path))) {
          written.add(path);
        }
      } catch (OsException e) {
        if (e.errno() != Errno.ENOENT) {
          throw e;
        }
      }
    }
    return List.copyOf(written);
  }

  private static Path record(Path base) {
    String name = base.getFileName().toString();
    return base.resolveSibling(name.substring(0, name.indexOf('.')) + ".base");
  }

  /** Returns the most fills that were seen at once. */
  int most() {
    return most;
  }

  /** Returns the least that was seen free, in bytes. */
  long leastFree() {
    return leastFree;
  }

  @Override
  public void close() {
    ended = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
    if (failure != null) {
      throw new AssertionError("the watch has ended early", failure);
    }
  }
}
