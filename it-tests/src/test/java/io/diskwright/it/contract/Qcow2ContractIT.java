package io.diskwright.it.contract;

import io.diskwright.contract.ContractFixture;
import java.io.IOException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The backend qcow2 on real file systems, its disks used by QEMU. */
class Qcow2ContractIT {
  @RegisterExtension static final LoopFileSystem XFS = new LoopFileSystem("xfs");
  @RegisterExtension static final LoopFileSystem EXT4 = new LoopFileSystem("ext4");

  @Nested
  class OnXfs extends Qcow2Contract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return FileStorage.qcow2(XFS.mount(), QemuMachine::start);
    }
  }

  @Nested
  class OnExt4WithExtendedL2 extends Qcow2Contract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return FileStorage.qcow2(EXT4.mount(), QemuMachine::start)
          .with("extended-l2", "true")
          .with("cluster-size", "128K");
    }
  }
}
