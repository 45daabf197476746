package io.diskwright.it.contract;

import io.diskwright.contract.BackendContract;
import io.diskwright.contract.ContractFixture;
import io.diskwright.contract.ExtractionContract;
import io.diskwright.contract.FlatteningContract;
import io.diskwright.contract.PreallocationContract;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/**
 * The backend lvm without a thin pool on a real device-mapper, with something on all extents; run
 * by {@code it.lvm.LvmIT}, in its guest.
 */
public class LinearContractInGuest extends BackendContract {
  @BeforeAll
  static void makeGroup() throws IOException {
    LvmStorage.Kind.LINEAR.prepare();
  }

  @AfterAll
  static void removeGroup() throws IOException {
    LvmStorage.Kind.LINEAR.clear();
  }

  @Nested
  class Flatten extends FlatteningContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return LinearContractInGuest.this.fixture();
    }
  }

  @Nested
  class Extract extends ExtractionContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return LinearContractInGuest.this.fixture();
    }
  }

  @Nested
  class Preallocate extends PreallocationContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return LinearContractInGuest.this.fixture();
    }
  }

  @Override
  protected ContractFixture fixture() throws IOException {
    return LvmStorage.take(LvmStorage.Kind.LINEAR);
  }
}
