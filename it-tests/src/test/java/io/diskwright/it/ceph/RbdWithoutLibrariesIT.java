package io.diskwright.it.ceph;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.Program;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program on a host without one of Ceph's libraries: what needs it says so, the rest works. */
class RbdWithoutLibrariesIT {
  /** Puts nothing in the place of a library, in a world of files of its own. */
  private static final String WITHOUT =
      "for file in /usr/lib/*/lib%s.so.*.*; do mount --bind /dev/null \"$file\" || exit; done;"
          + " exec \"$@\"";

  @TempDir Path home = Path.of("");

  private Program without(String library) throws IOException {
    return new Program(home)
        .configured(
            "default-pool: files",
            "pools:",
            "  files: {backend: raw, path: files}",
            "  cluster: {backend: rbd, pool: vms}")
        .through("unshare", "--user", "--map-root-user", "--mount")
        .through("sh", "-c", WITHOUT.formatted(library), "sh");
  }

  @ParameterizedTest
  @CsvSource({"rbd, librbd1", "rados, librados2"})
  void theLibraryIsNamedAndTheOtherBackendsServe(String library, String debianPackage)
      throws Exception {
    Program program = without(library);

    assertThat(program.succeed("backend", "list"))
        .containsPattern("raw .* yes ")
        .containsPattern(
            "rbd .* no: lib%s cannot be loaded .* install %s".formatted(library, debianPackage));
    assertThat(program.fail(Reason.UNAVAILABLE, "pool", "check", "cluster"))
        .contains("cannot open pool 'cluster'", "lib" + library, "install " + debianPackage);
    program.succeed("disk", "create", "web-1", "--blank", "--size", "1M");
    assertThat(program.succeed("disk", "list")).contains("web-1");
  }
}
