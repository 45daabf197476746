package io.diskwright.toolkit.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Whom a cage that root makes runs as: somebody who can read the image, and nobody else's files.
 *
 * @param uid user id
 * @param gid group id
 */
record CageUser(int uid, int gid) {
  /**
   * Between the ids that systemd gives to services and that of {@code nobody}, whom many programs
   * share: no package, container or directory service gives this one to anybody.
   */
  private static final int UNUSED = 65533;

  private static final String NO_RIGHTS = "\nCapEff:\t0000000000000000\n";
  private static final int OTHERS_READ = 0004;
  private static final int GROUP_READS = 0040;

  static final CageUser NOBODY_ELSE = new CageUser(UNUSED, UNUSED);

  /** Returns whether this process is root's and has rights of root. */
  static boolean isRoot() {
    try {
      return number(Path.of("/proc/self"), "uid") == 0
          && !Files.readString(Path.of("/proc/self/status"), ISO_8859_1).contains(NO_RIGHTS);
    } catch (IOException e) {
      return false; // who cannot find out does without
    }
  }

  /** Returns somebody who has no more than just the right to read an image. */
  static CageUser toRead(Path image) throws IOException {
    int mode = number(image, "mode");
    if ((mode & OTHERS_READ) != 0) {
      return NOBODY_ELSE;
    }
    return (mode & GROUP_READS) != 0
        ? new CageUser(UNUSED, number(image, "gid"))
        : new CageUser(number(image, "uid"), UNUSED);
  }

  /** Returns who owns a file. */
  static CageUser of(Path file) throws IOException {
    return new CageUser(number(file, "uid"), number(file, "gid"));
  }

  /** Gives a file to this user. */
  void own(Path file) throws IOException {
    Files.setAttribute(file, "unix:uid", uid);
    Files.setAttribute(file, "unix:gid", gid);
  }

  /** Returns setpriv, told to become this user. */
  List<String> arguments() {
    return List.of(CageRun.SETPRIV, "--reuid=" + uid, "--regid=" + gid, "--clear-groups");
  }

  private static int number(Path file, String attribute) throws IOException {
    return (Integer) Files.getAttribute(file, "unix:" + attribute);
  }
}
