package io.diskwright.it.contract;

import io.diskwright.contract.BackendContract;
import io.diskwright.contract.ContractFixture;
import io.diskwright.contract.ExtractionContract;
import io.diskwright.contract.FlatteningContract;
import io.diskwright.contract.SnapshotsContract;
import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.SharedCeph;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtendWith;

/** The backend rbd on a real cluster, its disks used by QEMU. */
@ExtendWith(SharedCeph.class)
class RbdContractIT extends BackendContract {
  private static Ceph ceph;

  @BeforeAll
  static void cluster(Ceph shared) {
    ceph = shared;
  }

  @Override
  protected ContractFixture fixture() throws IOException {
    return RbdStorage.in(ceph);
  }

  @Nested
  class Flatten extends FlatteningContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return RbdContractIT.this.fixture();
    }
  }

  @Nested
  class Snapshot extends SnapshotsContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return RbdContractIT.this.fixture();
    }
  }

  @Nested
  class Extract extends ExtractionContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return RbdContractIT.this.fixture();
    }
  }
}
