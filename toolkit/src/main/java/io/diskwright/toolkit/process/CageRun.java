package io.diskwright.toolkit.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.os.OsErrors;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run in a cage: the command that makes the cage and then becomes the program, and whose the
 * target is meanwhile. One thread.
 */
final class CageRun implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CageRun.class);
  static final String SETPRIV = "/usr/bin/setpriv";
  private static final String PRLIMIT = "/usr/bin/prlimit";
  private static final String UNSHARE = "/usr/bin/unshare";
  private static final String SHELL = "/bin/sh";
  private static final String SCRIPT = script();

  /** The signals of its limits would not end a program that is the first process itself. */
  private static final List<String> FIRST_PROCESS = List.of(SHELL, "-c", "\"$@\"; exit $?", "cage");

  /**
   * How the C library of the tool takes memory: from a few arenas, so that the address space does
   * not grow with the host's processors, and so that it keeps what it has read into. Else QEMU gets
   * new memory from the kernel for each large read, which costs more than to fill it.
   */
  private static final Map<String, String> MALLOC =
      Map.of(
          "MALLOC_ARENA_MAX",
          "4",
          "MALLOC_MMAP_THRESHOLD_",
          String.valueOf(64 << 20),
          "MALLOC_TRIM_THRESHOLD_",
          String.valueOf(256 << 20),
          "MALLOC_TOP_PAD_",
          String.valueOf(64 << 20));

  private final Cage cage;
  private final CageSupport support;
  private final String tried;
  private final @Nullable CageUser user;
  private final @Nullable CageUser owner;

  private CageRun(Cage cage, String tried, @Nullable CageUser user, @Nullable CageUser owner) {
    this.cage = cage;
    this.support = cage.support();
    this.tried = tried;
    this.user = user;
    this.owner = owner;
  }

  private static String script() {
    try (InputStream script = CageRun.class.getResourceAsStream("cage.sh")) {
      return new String(Objects.requireNonNull(script, "cage.sh").readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Prepares a run, which has to be closed when it has ended.
   *
   * @throws DiskException when image or target are not there, or not ours to give to another user
   */
  static CageRun open(Cage cage, String tried) throws DiskException {
    try {
      CageUser user = needsUser(cage.support()) ? CageUser.toRead(cage.imageOutside()) : null;
      CageUser owner = null;
      if (user != null && cage.targetOutside().isPresent()) {
        Path target = cage.targetOutside().get();
        owner = CageUser.of(target);
        if (!isGiven(target, user)) {
          return new CageRun(cage, tried, null, null);
        }
      }
      return new CageRun(cage, tried, user, owner);
    } catch (IOException e) {
      throw OsErrors.toFailure(e, tried).build();
    }
  }

  private static boolean isGiven(Path target, CageUser user) {
    try {
      user.own(target);
      return true;
    } catch (IOException e) { // a file system without owners, or one that distrusts our root
      LOG.warn("{} cannot be given to user {}, who runs as we do: {}", target, user.uid(), e);
      return false;
    }
  }

  /** Without a file system of its own another user would not find its way to image and target. */
  private static boolean needsUser(CageSupport support) {
    return support.has(CagePart.USER) && support.has(CagePart.FILES) && CageUser.isRoot();
  }

  @Override
  public void close() throws DiskException {
    if (owner != null) {
      try {
        owner.own(cage.targetOutside().orElseThrow());
      } catch (NoSuchFileException e) {
        return; // whoever wanted it has thrown it away
      } catch (IOException e) {
        throw OsErrors.toFailure(e, tried).build();
      }
    }
  }

  /** Prepares the first process: it has the very image open, however that is called now. */
  void prepare(ProcessBuilder process) {
    process.redirectInput(cage.imageOutside().toFile());
    process.environment().putAll(MALLOC);
    if (support.has(CagePart.FILES)) {
      process.directory(new File("/")); // else what makes the cage holds on to our folder
    }
  }

  /** Returns the command that runs a program in the cage. */
  List<String> command(Path program, List<String> arguments) throws DiskException {
    List<String> command = new ArrayList<>(namespaces());
    if (support.has(CagePart.FILES)) {
      command.addAll(fileSystem(program));
    } else if (support.has(CagePart.PROCESSES)) {
      command.addAll(FIRST_PROCESS);
    }
    if (support.has(CagePart.LIMITS)) {
      command.addAll(limits(cage.limits()));
    }
    if (user != null) {
      command.addAll(user.arguments());
      command.addAll(rightsGivenUp(support.has(CagePart.RIGHTS)));
    } else if (support.has(CagePart.RIGHTS)) {
      command.addAll(
          noRights(CageUser.isRoot(), support.userNamespace(), support.has(CagePart.FILES)));
    }
    command.add(program.toString());
    command.addAll(arguments);
    return command;
  }

  private List<String> namespaces() {
    List<String> flags = new ArrayList<>();
    if (support.has(CagePart.FILES)) {
      flags.add("--mount");
    }
    if (support.has(CagePart.NETWORK)) {
      flags.add("--net");
    }
    if (support.has(CagePart.IPC)) {
      flags.addAll(List.of("--ipc", "--uts"));
    }
    if (support.has(CagePart.PROCESSES)) {
      flags.addAll(List.of("--pid", "--fork", "--kill-child"));
    }
    return flags.isEmpty()
        ? List.of()
        : unshare(support.userNamespace(), flags.toArray(String[]::new));
  }

  private List<String> fileSystem(Path program) throws DiskException {
    try {
      return List.of(
          SHELL,
          "-c",
          SCRIPT,
          "cage",
          Long.toString(ProcessHandle.current().pid()),
          program.toRealPath().toString(),
          imageName().map(Path::toString).orElse(""),
          cage.targetOutside().map(path -> path.toAbsolutePath().toString()).orElse(""));
    } catch (DiskException e) {
      throw e;
    } catch (IOException e) {
      throw OsErrors.toFailure(e, tried).build();
    }
  }

  /** A file that has no name any more, such as a spool, can be handed over open only. */
  private Optional<Path> imageName() throws IOException {
    Path image = cage.imageOutside();
    if ((Integer) Files.getAttribute(image, "unix:nlink") == 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(image.toRealPath());
    } catch (NoSuchFileException e) {
      throw DiskException.of(Reason.IMAGE_UNACCEPTABLE, tried)
          .said("the name by which it was opened has been removed, and it has another")
          .remedy("wait until nobody changes the image any more, and try again")
          .cause(e)
          .build();
    }
  }

  /** Returns unshare, told to make namespaces and to run what follows. */
  static List<String> unshare(boolean userNamespace, String... flags) {
    List<String> command = new ArrayList<>(List.of(UNSHARE));
    if (userNamespace) {
      command.addAll(List.of("--user", "--map-root-user"));
    }
    command.addAll(List.of(flags));
    command.add("--");
    return command;
  }

  /** Returns prlimit, told to limit what follows. */
  static List<String> limits(CageLimits limits) {
    List<String> command = new ArrayList<>(List.of(PRLIMIT));
    command.addAll(limits.arguments());
    command.add("--");
    return command;
  }

  /**
   * Returns setpriv, told to run what follows without rights.
   *
   * @param root whether we are root
   * @param userNamespace whether it is in a namespace of users of its own
   * @param ownFiles whether it is in a file system of its own; else root could not reach the files
   *     of others any more without its right to do so
   */
  static List<String> noRights(boolean root, boolean userNamespace, boolean ownFiles) {
    List<String> command = new ArrayList<>(List.of(SETPRIV));
    if (root && !ownFiles) {
      command.add("--bounding-set=-all,+dac_override,+dac_read_search");
      command.addAll(List.of("--inh-caps=-all", "--no-new-privs", "--"));
    } else {
      command.addAll(rightsGivenUp(root || userNamespace));
    }
    return command;
  }

  /** Who is nobody special has no capabilities to give up, and may not give up those of others. */
  private static List<String> rightsGivenUp(boolean capabilities) {
    return capabilities
        ? List.of(
            "--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all", "--no-new-privs", "--")
        : List.of("--no-new-privs", "--");
  }
}
