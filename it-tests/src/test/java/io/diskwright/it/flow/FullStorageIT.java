package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.diskFrom;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.it.support.Host;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.LoopFs;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.call.Deadline;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.NoSpaceException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A file system that is full or read-only: nothing is left, and all works again afterwards. */
@ParameterizedClass
@CsvSource({"ext4, 300M, raw", "ext4, 300M, qcow2", "xfs, 320M, raw", "xfs, 320M, qcow2"})
class FullStorageIT {
  private static final long MIB = 1024 * 1024;

  @Parameter(0)
  String fileSystem = "";

  @Parameter(1)
  String size = "";

  @Parameter(2)
  String backend = "";

  @TempDir Path folder = Path.of("");
  private LoopFs fs;
  private Host host;
  private Path filler = Path.of("");

  @BeforeEach
  void open() throws Exception {
    fs = LoopFs.up(fileSystem, size);
    host = Host.open(fs.mount().resolve(backend), backend);
    assertThat(host.pool().disks(call())).isEmpty();
    filler = fs.mount().resolve("filler");
  }

  /** Remounts the file system while nobody has a file of it open for writing. */
  private void remount(String options) throws Exception {
    host.close();
    fs.remount(options);
    host = Host.open(fs.mount().resolve(backend), backend);
  }

  @AfterEach
  void close() throws IOException {
    host.close();
    fs.close();
  }

  /** Leaves just about so much room. */
  private void leave(long bytes) throws Exception {
    Tools.run("fallocate", "-l", fs.free() - bytes, filler);
  }

  private Path image(String format) throws Exception {
    Path raw = folder.resolve("image.raw");
    Files.write(raw, random(40 * MIB));
    Images.overwrite(raw, 510, new byte[] {0x55, (byte) 0xaa});
    if (format.equals("raw")) {
      return raw;
    }
    Path image = folder.resolve("image.qcow2");
    Tools.run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, image);
    return image;
  }

  private static byte[] random(long size) {
    byte[] bytes = new byte[(int) size];
    new java.util.Random(size).nextBytes(bytes);
    return bytes;
  }

  private void assertNoSpace(DiskException failure) throws IOException {
    assertThat(failure).isInstanceOf(NoSpaceException.class);
    assertThat(failure.reason()).isEqualTo(Reason.NO_SPACE);
    assertThat(failure.pool()).hasValue("pool");
    assertThat(failure.remedy()).hasValueSatisfying(text -> assertThat(text).contains("free"));
    assertThat(host.leftOvers()).isEmpty();
  }

  /** XFS counts the blocks of a removed file as free a while later. */
  private void assertRoomIsFreeAgain() throws Exception {
    Deadline deadline = Deadline.after(Duration.ofMinutes(1));
    while (fs.free() < 8 * MIB) {
      assertThat(deadline.isPast()).as("%d bytes are free", fs.free()).isFalse();
      Tools.run("sync", "-f", fs.mount());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"raw", "qcow2"})
  void aBaseThatDoesNotFitLeavesNothing(String format) throws Exception {
    Path image = image(format);
    leave(10 * MIB);

    assertNoSpace(failure(() -> host.create("disk", image)));
    assertThat(host.pool().bases(call())).isEmpty();
    assertThat(host.pool().disks(call())).isEmpty();
    assertRoomIsFreeAgain();

    Files.delete(filler);
    Path disk = host.create("disk", image).disk().path().orElseThrow();
    Tools.assertSame(disk, backend, folder.resolve("image.raw"), "raw");
  }

  @Test
  void aDiskThatDoesNotFitLeavesNothing() throws Exception {
    Path image = image("raw");
    host.create("first", image);
    boolean copies = host.create("second", image).steps().get(0).name().equals("copy");
    host.pool().delete(new DiskName("second"), call());
    leave(10 * MIB);

    if (copies) {
      assertNoSpace(failure(() -> host.create("second", image)));
      assertThat(host.pool().disks(call())).hasSize(1);
      Files.delete(filler);
    }
    Path disk = host.create("second", image).disk().path().orElseThrow();
    Tools.assertSame(disk, backend, image, "raw");
  }

  @Test
  void storageThatCannotBeSetAsideLeavesNothing() throws Exception {
    ProvisionRequest.Builder request =
        ProvisionRequest.blank(new DiskName("disk"), 2048 * MIB).preallocate(true);

    DiskException failure = failure(() -> host.provision(request));

    if (backend.equals("raw")) {
      assertNoSpace(failure);
    } else {
      assertThat(failure.reason()).isEqualTo(Reason.UNSUPPORTED);
    }
    assertThat(host.pool().disks(call())).isEmpty();
    assertThat(host.leftOvers()).isEmpty();
  }

  @Test
  void aReadOnlyFileSystemIsToldAndCanBeRead() throws Exception {
    Path image = image("raw");
    host.create("disk", image);
    remount("ro");
    assertThat(host.pool().disks(call())).hasSize(1);
    assertThat(host.pool().find(new DiskName("disk"), call())).isPresent();
    assertThat(host.create("disk", image).created()).isFalse();
    for (DiskException failure :
        new DiskException[] {
          failure(() -> host.create("next", image)),
          failure(() -> host.blank("blank", MIB)),
          failure(() -> host.pool().delete(new DiskName("disk"), call())),
          failure(() -> host.pool().resize(new DiskName("disk"), 80 * MIB, call()))
        }) {
      assertThat(failure.reason()).isEqualTo(Reason.PERMISSION_DENIED);
      assertThat(failure).hasMessageContaining("Read-only");
      assertThat(failure.remedy()).isPresent();
    }

    remount("rw");
    assertThat(host.leftOvers()).isEmpty();
    assertThat(host.create("next", image).created()).isTrue();
  }

  @Test
  void aPoolThatCannotBeMadeSaysSo() throws Exception {
    remount("ro");
    try (Host fresh = Host.open(fs.mount().resolve("fresh"), backend)) {
      DiskException failure = failure(() -> fresh.blank("disk", MIB));

      assertThat(failure.reason()).isEqualTo(Reason.PERMISSION_DENIED);
      assertThat(failure.remedy()).isPresent();
    }
  }

  @Test
  void theFastestWayIsTakenThatTheFileSystemHas() throws Exception {
    Path image = image("raw");
    Path near = Files.copy(image, fs.mount().resolve("near.raw"));

    String fill = host.create("near", near).steps().get(0).name();
    String way = host.provision(diskFrom("other", near)).steps().get(0).name();

    assertThat(fill).isEqualTo(fileSystem.equals("xfs") ? "reflink" : "copy");
    assertThat(way)
        .isEqualTo(backend.equals("qcow2") ? "overlay" : fill.equals("copy") ? "copy" : "reflink");
    for (String disk : new String[] {"near", "other"}) {
      Path file = host.pool().find(new DiskName(disk), call()).orElseThrow().path().orElseThrow();
      Tools.assertSame(file, backend, image, "raw");
    }
  }
}
