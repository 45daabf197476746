package io.diskwright.it.contract;

import io.diskwright.contract.BackendContract;
import io.diskwright.contract.ContractFixture;
import io.diskwright.contract.ExtractionContract;
import io.diskwright.contract.FlatteningContract;
import io.diskwright.contract.SnapshotsContract;
import java.io.IOException;
import org.junit.jupiter.api.Nested;

/** All that the backend qcow2 promises. */
abstract class Qcow2Contract extends BackendContract {
  @Nested
  class Flattened extends FlatteningContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return Qcow2Contract.this.fixture();
    }
  }

  @Nested
  class Kept extends SnapshotsContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return Qcow2Contract.this.fixture();
    }
  }

  @Nested
  class Extracted extends ExtractionContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return Qcow2Contract.this.fixture();
    }
  }
}
