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

/**
 * The backend lvm with a thin pool on a real device-mapper; run by {@code it.lvm.LvmIT}, in its
 * guest.
 */
public class LvmContractInGuest extends BackendContract {
  @BeforeAll
  static void makeGroup() throws IOException {
    LvmStorage.Kind.THIN.prepare();
  }

  @AfterAll
  static void removeGroup() throws IOException {
    LvmStorage.Kind.THIN.clear();
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
    return LvmStorage.take(LvmStorage.Kind.THIN);
  }
}
