package io.diskwright.it.contract;

import io.diskwright.contract.BackendContract;
import io.diskwright.contract.ContractFixture;
import io.diskwright.contract.ExtractionContract;
import io.diskwright.contract.FlatteningContract;
import io.diskwright.contract.SnapshotsContract;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** The backend lvm on a real device-mapper; run by {@code it.lvm.LvmIT}, in its guest. */
public class LvmContractInGuest extends BackendContract {
  private static final String GROUP = "contract";

  @BeforeAll
  static void makeGroup() throws IOException {
    String disk = System.getenv("LVM_DISKS").split(" ", -1)[1];
    String unused = Tools.run("lvm", "vgcreate", "-s", LvmStorage.EXTENT + "b", GROUP, disk);
    LvmStorage.prepare(GROUP);
  }

  @AfterAll
  static void removeGroup() throws IOException {
    String unused = Tools.run("lvm", "vgremove", "-ff", "-y", GROUP);
  }

  @Nested
  class Snapshots extends SnapshotsContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return LvmContractInGuest.this.fixture();
    }
  }

  @Nested
  class Flatten extends FlatteningContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return LvmContractInGuest.this.fixture();
    }
  }

  @Nested
  class Extract extends ExtractionContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return LvmContractInGuest.this.fixture();
    }
  }

  @Override
  protected ContractFixture fixture() throws IOException {
    return LvmStorage.in(GROUP);
  }
}
