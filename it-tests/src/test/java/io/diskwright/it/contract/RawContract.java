package io.diskwright.it.contract;

import io.diskwright.contract.BackendContract;
import io.diskwright.contract.ContractFixture;
import io.diskwright.contract.ExtractionContract;
import io.diskwright.contract.FlatteningContract;
import io.diskwright.contract.PreallocationContract;
import java.io.IOException;
import org.junit.jupiter.api.Nested;

/** All that the backend raw promises. */
abstract class RawContract extends BackendContract {
  @Nested
  class Flattened extends FlatteningContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return RawContract.this.fixture();
    }
  }

  @Nested
  class Preallocated extends PreallocationContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return RawContract.this.fixture();
    }
  }

  @Nested
  class Extracted extends ExtractionContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return RawContract.this.fixture();
    }
  }
}
