package io.diskwright.it.survive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.spi.error.NoSpaceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** P10, P11: a quota is told as what it is, leaves nothing half-made, and can be raised. */
class QuotaIT {
  private static final int MIB = TestImage.MIB;
  private static final int IMAGE = 64 * MIB; // a quarter is data
  private static final String LIMIT = "8M";

  @RegisterExtension static final FileSystemOnLoop BTRFS = new FileSystemOnLoop("btrfs");

  @TempDir Path folder;

  @BeforeAll
  static void count() throws IOException {
    btrfs("quota", "enable", BTRFS.mount());
  }

  @ParameterizedTest
  @CsvSource({"raw,raw", "raw,qcow2", "qcow2,raw", "qcow2,qcow2"})
  void aFillAboveTheLimitLeavesNothing(String backend, String format) throws IOException {
    Path volume = BTRFS.mount().resolve(backend + "-" + format);
    btrfs("subvolume", "create", volume);
    Path home = TestPool.make(volume, backend);
    Path file = folder.resolve("image");
    TestImage image =
        format.equals("raw") ? TestImage.raw(file, IMAGE, 1) : TestImage.qcow2(file, IMAGE, 1);
    TestImage small = TestImage.raw(folder.resolve("small"), MIB, 2);
    try (TestPool pool = TestPool.open(home)) {
      pool.create("small", small.file(), MIB);
      btrfs("qgroup", "limit", LIMIT, volume);

      NoSpaceException failure =
          catchThrowableOfType(NoSpaceException.class, () -> pool.create("web", file, IMAGE + MIB));

      assertThat(failure).hasMessageContaining("quota exceeded");
      assertThat(failure.pool()).hasValue("p");
      assertThat(failure.remedy()).hasValueSatisfying(text -> assertThat(text).contains("quota"));
      assertThat(pool.disks()).containsExactly("small");
      assertThat(pool.base(image)).isEmpty();
      assertThat(pool.strays()).isEmpty();
      pool.assertReads("small", small, MIB);

      btrfs("qgroup", "limit", "none", volume);
      pool.create("web", file, IMAGE + MIB);
      pool.assertReads("web", image, IMAGE + MIB);
      pool.assertRecoversToNothing();
    }
  }

  private static void btrfs(String group, String action, Object... arguments) throws IOException {
    List<Object> command = new ArrayList<>(List.of("btrfs", group, action));
    command.addAll(List.of(arguments));
    String unused = Program.run(command.toArray());
  }
}
