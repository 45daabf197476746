package io.diskwright.it.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.contract.ContractFixture;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.Created;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.Resized;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The backend raw on real file systems, its disks used by QEMU. */
class RawContractIT {
  private static final int MIB = 1 << 20;

  @RegisterExtension static final LoopFileSystem XFS = new LoopFileSystem("xfs");
  @RegisterExtension static final LoopFileSystem EXT4 = new LoopFileSystem("ext4");

  @Nested
  class OnXfs extends RawContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return FileStorage.raw(XFS.mount(), QemuMachine::start);
    }
  }

  @Nested
  class OnExt4 extends RawContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return FileStorage.raw(EXT4.mount(), QemuMachine::start);
    }
  }

  @Test
  @DisplayName(
      "where the file system can, a disk shares its blocks with the base; else it is copied")
  void aDiskSharesItsBlocksWhereItCan() throws IOException {
    assertThat(wayOn(XFS)).isEqualTo("reflink");
    assertThat(wayOn(EXT4)).isEqualTo("copy");
  }

  private static String wayOn(LoopFileSystem fileSystem) throws IOException {
    try (FileStorage storage = FileStorage.raw(fileSystem.mount(), QemuMachine::start);
        ImageBackend pool = storage.open()) {
      Created created = create(pool, false);
      assertThat(created.bytesMoved() == 0).isEqualTo(created.way().equals("reflink"));
      return created.way();
    }
  }

  private static Created create(ImageBackend pool, boolean preallocate) throws IOException {
    DiskRequest request =
        DiskRequest.builder(new DiskName("web-1"), 2 * MIB).preallocate(preallocate).build();
    return pool.createImage(request, Bases.fill(pool, new byte[MIB], 1), Bases.call());
  }

  @Test
  @DisplayName(
      "P5: a preallocated disk shares no block, so that no write can find the storage full")
  void aPreallocatedDiskSharesNoBlock() throws IOException {
    try (FileStorage storage = FileStorage.raw(XFS.mount(), QemuMachine::start);
        ImageBackend pool = storage.open()) {
      Path disk = pool.attachment(create(pool, true).disk(), Bases.call()).path().orElseThrow();
      assertThat(Tools.run("filefrag", "-v", disk)).doesNotContain("shared");
    }
  }

  @Test
  @DisplayName("P12: a machine that is told of the new size sees it")
  void aMachineThatIsToldSeesTheNewSize() throws IOException {
    try (FileStorage storage = FileStorage.raw(XFS.mount(), QemuMachine::start);
        ImageBackend pool = storage.open()) {
      DiskRecord disk = create(pool, false).disk();
      DiskName name = disk.name();
      try (Qemu machine = Qemu.machine(pool.attachment(disk, Bases.call()))) {
        Resized resized = pool.resize(name, 4 * MIB, Bases.call());
        assertThat(resized.machine().orElseThrow()).contains("block_resize", "" + 4 * MIB);
        machine.resize(4 * MIB);
      }
      assertThat(pool.find(name, Bases.call()).orElseThrow().size()).isEqualTo(4 * MIB);
      assertThat(pool.find(name, Bases.call()).orElseThrow().format()).isEqualTo(DiskFormat.RAW);
    }
  }
}
