package io.diskwright.toolkit.pool;

import io.diskwright.toolkit.qcow2.Qcow2FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which disks read from which base's file, by what their own files say; as current as when they
 * were looked at.
 */
final class Dependents {
  private final Map<Path, List<String>> byBase = new HashMap<>();

  /** Disks that cannot be read: they may depend on any base, for all that can be told. */
  private final List<String> damaged = new ArrayList<>();

  private Dependents() {}

  /** Tells which base's file a disk's file reads from, if any. */
  @FunctionalInterface
  interface BaseOf {
    Optional<Path> of(Path disk) throws IOException;
  }

  /** Looks at the disks that are published. */
  static Dependents disks(Shelf disks, BaseOf baseOf) throws IOException {
    Dependents dependents = new Dependents();
    for (Stored disk : disks.list()) {
      try {
        disks
            .look(disk, found -> baseOf.of(found.data()))
            .flatMap(base -> base)
            .ifPresent(base -> dependents.add(base, disk.name()));
      } catch (Qcow2FormatException e) {
        dependents.damaged.add(disk.name());
      }
    }
    return dependents;
  }

  /** Looks at every file of a disk, published or not. */
  static Dependents files(Shelf disks, BaseOf baseOf) throws IOException {
    Dependents dependents = new Dependents();
    for (Path file : disks.files()) {
      try {
        baseOf.of(file).ifPresent(base -> dependents.add(base, Folders.name(file)));
      } catch (IOException e) {
        dependents.addUnreadable(disks, file, e);
      }
    }
    return dependents;
  }

  /**
   * A file that cannot be read yet is not published yet, and its maker will miss the base; one that
   * is gone by now was removed, and reads nothing any more.
   */
  private void addUnreadable(Shelf disks, Path file, IOException cause) throws IOException {
    if (Files.notExists(file)) {
      return;
    }
    if (Shelf.Kind.of(file) == Shelf.Kind.DATA && disks.vouchesFor(file)) {
      if (!(cause instanceof Qcow2FormatException)) {
        throw cause;
      }
      damaged.add(Folders.name(file));
    }
  }

  private void add(Path base, String user) {
    byBase.computeIfAbsent(base, key -> new ArrayList<>()).add(user);
  }

  /** Returns what depends on a base's file, by name. */
  List<String> of(Path base) {
    List<String> users = new ArrayList<>(byBase.getOrDefault(base, List.of()));
    users.addAll(damaged);
    users.sort(Comparator.naturalOrder());
    return users;
  }
}
