package io.diskwright.backend.rbd.ceph;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.Tools;
import io.diskwright.toolkit.os.Errno;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A host without Ceph's libraries, or with others; seen by a JVM of its own. */
class NoLibraryIT {
  /** Puts nothing in the place of a library, for the program that follows. */
  private static final String WITHOUT =
      "for file in /usr/lib/*/lib%s.so.*.*; do mount --bind /dev/null \"$file\" || exit; done;"
          + " exec \"$@\"";

  @TempDir Path folder;

  private List<String> run(List<String> before, String... options) throws Exception {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(LibrariesMain.class.getName());
    Tools.Result result = Tools.run(new ProcessBuilder(command).directory(folder.toFile()));
    assertThat(result.status()).as("%s", result).isZero();
    assertThat(result.error()).isEmpty();
    return result.output().lines().toList();
  }

  @ParameterizedTest
  @CsvSource({"rbd, librbd1", "rados, librados2"})
  void saysWhichLibraryIsMissingAsOftenAsItIsAsked(String library, String debianPackage)
      throws Exception {
    String script = WITHOUT.formatted(library);
    List<String> said =
        run(List.of("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"));

    assertThat(said.get(0))
        .startsWith("lib" + library + " cannot be loaded (")
        .endsWith("): install " + debianPackage);
    assertThat(said.get(1)).isEqualTo(said.get(0));
    assertThat(said.get(2))
        .isEqualTo("%d: connect to cluster ceph as diskwright: %s", Errno.ELIBACC, said.get(0));
    assertThat(said.get(3)).isEqualTo(said.get(0));
  }

  @Test
  void saysThatALibraryIsTooOld() throws Exception {
    Path other = folder.resolve("librbd.so");
    try (Stream<Path> found = Files.find(Path.of("/usr/lib"), 2, NoLibraryIT::isZlib)) {
      Files.copy(found.findFirst().orElseThrow(), other);
    }

    List<String> said = run(List.of(), "-Djna.library.path=" + folder);

    assertThat(said.get(0))
        .startsWith(other + " has no rbd_")
        .endsWith(": install that of Ceph 16 or newer");
    assertThat(said.get(1)).isEqualTo(said.get(0));
  }

  private static boolean isZlib(Path file, java.nio.file.attribute.BasicFileAttributes unused) {
    return file.getFileName().toString().equals("libz.so.1");
  }
}
