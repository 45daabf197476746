package io.diskwright.toolkit.pool;

import io.diskwright.spi.Answer;
import io.diskwright.spi.backend.Finding;
import io.diskwright.spi.backend.PoolContext;
import io.diskwright.spi.backend.PoolIdentity;
import io.diskwright.spi.backend.PoolUsage;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.toolkit.os.Errno;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsErrors;
import io.diskwright.toolkit.os.OsException;
import io.diskwright.toolkit.qcow2.Qcow2FormatException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An opened folder of bases and disks. */
public final class FilePool {
  /** The layout that this code reads and writes. */
  static final int LAYOUT_VERSION = 1;

  private static final String BASES = "bases";
  private static final String DISKS = "disks";
  private static final String SPACE = "space";

  /** A file system takes some for its own tables, for each file and for each of its extents. */
  private static final long TABLES = 256 * 1024;

  private static final int TABLES_PART = 128;

  private final String name;
  private final Path folder;
  private final PoolIdentity identity;
  private final Settings settings;
  private final Duration stallTimeout;
  private final LockManager locks;
  private final Shelf bases;
  private final Shelf disks;
  private final long keepFree;
  private final Reservations reservations;

  private FilePool(PoolContext context, Settings settings, Path folder, PoolIdentity identity)
      throws DiskException {
    this.name = context.name().value();
    this.folder = folder;
    this.identity = identity;
    this.settings = settings;
    this.stallTimeout = context.stallTimeout();
    this.locks = context.hostLocks(folder.resolve("locks"));
    this.bases = new Shelf(folder.resolve(BASES), ".base");
    this.disks = new Shelf(folder.resolve(DISKS), ".disk");
    this.keepFree = context.keepFree();
    this.reservations =
        new Reservations(folder.resolve(SPACE), locks, new FolderSpace(folder), keepFree);
  }

  /**
   * Opens a pool, and makes one of an empty folder, or of a missing one whose parent is there.
   *
   * @param context the pool's name and settings, which include {@link FilePoolKeys}
   * @param backend the id of the backend that opens it
   * @throws DiskException with reason {@code CONFIGURATION} when the folder belongs to another
   *     backend, to a newer version, or to something that is no pool; {@code NOT_FOUND} when its
   *     parent is missing; or what the file system said
   */
  public static FilePool open(PoolContext context, String backend) throws DiskException {
    return open(context, context.settings(), backend);
  }

  /** Opens a pool as {@link #open(PoolContext, String)} does, with settings of its own. */
  static FilePool open(PoolContext context, Settings settings, String backend)
      throws DiskException {
    String name = context.name().value();
    Path folder = settings.get(FilePoolKeys.PATH).toAbsolutePath().normalize();
    try {
      PoolIdentity identity = identity(name, folder, backend);
      for (String part : List.of(BASES, DISKS, SPACE)) {
        makePart(name, folder.resolve(part));
      }
      return new FilePool(context, settings, folder, identity);
    } catch (DiskException e) {
      throw e.on(name, folder.toString());
    } catch (IOException e) {
      throw OsErrors.toFailure(e, "open folder").pool(name).resource(folder.toString()).build();
    }
  }

  /** Disks name their base relative to their own folder, which a link would move away. */
  private static void makePart(String name, Path part) throws IOException {
    if (Files.isSymbolicLink(part)) {
      throw wrongFolder(
          name, part, "it is a symbolic link", "put the whole pool where the link leads");
    }
    if (!isFolder(part)) {
      makeFolder(part);
      NativeFile.syncFolder(Folders.of(part));
    }
  }

  private static PoolIdentity identity(String name, Path folder, String backend)
      throws IOException {
    if (!isFolder(folder)) {
      if (!isFolder(Folders.of(folder))) {
        throw DiskException.of(Reason.NOT_FOUND, "open folder")
            .pool(name)
            .resource(folder.toString())
            .said("neither it nor the folder above it is there")
            .remedy("make the folder, or mount the file system it is on")
            .build();
      }
      makeFolder(folder);
      NativeFile.syncFolder(Folders.of(folder));
    }
    Optional<PoolIdentity> marked = PoolMarker.read(folder);
    if (marked.isEmpty()) {
      Optional<Path> stranger = PoolMarker.stranger(folder);
      marked = PoolMarker.read(folder); // another call may have made it a pool in the meantime
      if (marked.isEmpty() && stranger.isPresent()) {
        throw wrongFolder(
            name,
            folder,
            "it is no pool, and not empty: there is " + stranger.get(),
            "give the pool an empty folder of its own");
      }
    }
    PoolIdentity identity =
        marked.isPresent() ? marked.get() : PoolMarker.mark(folder, backend, LAYOUT_VERSION);
    if (!identity.backend().equals(backend)) {
      throw wrongFolder(
          name,
          folder,
          "it belongs to backend '%s', not '%s'".formatted(identity.backend(), backend),
          "set the pool's backend to '%s', or give it another folder"
              .formatted(identity.backend()));
    }
    if (identity.layoutVersion() != LAYOUT_VERSION) {
      throw wrongFolder(
          name,
          folder,
          "its layout is version %d, and this program knows version %d"
              .formatted(identity.layoutVersion(), LAYOUT_VERSION),
          "use the version of Diskwright that made it");
    }
    return identity;
  }

  private static DiskException wrongFolder(String name, Path folder, String said, String remedy) {
    return DiskException.of(Reason.CONFIGURATION, "open folder")
        .pool(name)
        .resource(folder.toString())
        .said(said)
        .remedy(remedy)
        .build();
  }

  /** A folder that cannot be looked at is not one that is missing. */
  private static boolean isFolder(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).isDirectory();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Others may pass through to the files they are given, and may not list them. */
  private static void makeFolder(Path folder) throws IOException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
  }

  /** Returns the pool's name. */
  public String name() {
    return name;
  }

  /** Returns the pool's folder, absolute. */
  public Path folder() {
    return folder;
  }

  /** Returns the values of the pool's keys. */
  public Settings settings() {
    return settings;
  }

  /** Returns after how long without any progress a child process is given up. */
  public Duration stallTimeout() {
    return stallTimeout;
  }

  PoolIdentity identity() {
    return identity;
  }

  LockManager locks() {
    return locks;
  }

  Shelf bases() {
    return bases;
  }

  Shelf disks() {
    return disks;
  }

  /** Tells whether the pool's file system can share blocks between files; changes nothing. */
  public Answer canReflink() throws IOException {
    try (NativeFile marker = NativeFile.openWrite(folder.resolve(PoolMarker.NAME))) {
      return marker.canReflink()
          ? Answer.ofYes()
          : Answer.no("the pool's file system cannot share blocks between files");
    } catch (OsException e) {
      return switch (e.errno()) {
        case Errno.EROFS, Errno.EACCES, Errno.EPERM ->
            Answer.no("the pool cannot be written, so that it cannot be told");
        default -> throw e;
      };
    }
  }

  /** Returns whether changes of disks are durable before they are told. */
  public boolean syncDisks() {
    return settings.get(FilePoolKeys.SYNC_DISKS);
  }

  /** Gives a file the owner, the group and the permission bits that the pool's files have. */
  void dress(Attempt attempt, int mode) throws IOException {
    if (mode != 0600) {
      attempt.file().mode(mode);
    }
    Optional<String> owner = settings.find(FilePoolKeys.OWNER);
    Optional<String> group = settings.find(FilePoolKeys.GROUP);
    if (owner.isEmpty() && group.isEmpty()) {
      return;
    }
    PosixFileAttributeView view =
        Files.getFileAttributeView(attempt.path(), PosixFileAttributeView.class);
    UserPrincipalLookupService users =
        attempt.path().getFileSystem().getUserPrincipalLookupService();
    if (owner.isPresent()) {
      view.setOwner(users.lookupPrincipalByName(owner.get()));
    }
    if (group.isPresent()) {
      view.setGroup(users.lookupPrincipalByGroupName(group.get()));
    }
  }

  int diskMode() {
    return Integer.parseInt(settings.get(FilePoolKeys.MODE), 8);
  }

  PoolUsage usage() throws IOException {
    FileStore store = Files.getFileStore(folder);
    return new PoolUsage(store.getTotalSpace(), store.getUsableSpace());
  }

  /**
   * Reserves space for an attempt, until it is published or closed; does nothing when that was done
   * before. To be called before the attempt is written, with all that it will take.
   *
   * @param attempt the attempt
   * @param bytes how many bytes it will take at the most; a little is added for the file system
   * @param call ends the wait for others who reserve
   * @throws DiskException with reason {@code NO_SPACE} when there are not so many left that others
   *     have not reserved and the pool does not keep free
   * @throws IOException when the file system fails
   */
  public void reserve(Attempt attempt, long bytes, Call call) throws IOException {
    if (!attempt.hasReserved()) {
      long tables = Math.min(TABLES + bytes / TABLES_PART, Long.MAX_VALUE - bytes);
      String target = folder.relativize(attempt.path()).toString();
      attempt.hold(reservations.reserve(target, bytes + tables, call));
    }
  }

  /** Sweeps what killed calls left beside the shelves. */
  List<String> sweepBesides() throws IOException {
    List<String> swept = new ArrayList<>(PoolMarker.sweep(folder));
    swept.addAll(reservations.sweep());
    return swept;
  }

  List<Finding> check() throws IOException {
    return List.of(
        new Finding(
            "folder",
            Files.isWritable(folder)
                ? Answer.ofYes()
                : Answer.no("it cannot be written; check its owner and its file system"),
            folder.toString()),
        checkFreeSpace());
  }

  private Finding checkFreeSpace() throws IOException {
    PoolUsage usage = usage();
    long reserved = reservations.reserved();
    Answer answer = Answer.ofYes();
    if (usage.free() == 0) {
      answer = Answer.no("the file system is full");
    } else if (usage.free() <= keepFree) {
      answer = Answer.no("no more is free than keep-free keeps; free some, or lower it");
    }
    return new Finding(
        "free space",
        answer,
        "%d of %d bytes, %d kept free, %d reserved"
            .formatted(usage.free(), usage.capacity(), keepFree, reserved));
  }

  /**
   * Work on the pool's files.
   *
   * @param <T> what comes of it
   */
  @FunctionalInterface
  public interface Work<T> {
    /**
     * Does it.
     *
     * @throws IOException when it fails
     */
    T run() throws IOException;
  }

  /** Does some work, and says of what fails where and on what it was tried. */
  <T> T run(String tried, Object resource, Work<T> work) throws DiskException {
    try {
      return work.run();
    } catch (DiskException e) {
      throw e.on(name, resource.toString());
    } catch (RecordFormatException | Qcow2FormatException e) {
      throw DiskException.of(Reason.CORRUPT, tried)
          .pool(name)
          .resource(resource.toString())
          .cause(e)
          .remedy("restore what is damaged, or delete it")
          .build();
    } catch (IOException e) {
      throw OsErrors.toFailure(e, tried).pool(name).resource(resource.toString()).build();
    }
  }
}
