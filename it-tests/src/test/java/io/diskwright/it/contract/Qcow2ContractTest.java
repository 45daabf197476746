package io.diskwright.it.contract;

import io.diskwright.contract.BaseCacheContract;
import io.diskwright.contract.BytesContract;
import io.diskwright.contract.CancellationContract;
import io.diskwright.contract.ConcurrencyContract;
import io.diskwright.contract.ContractFixture;
import io.diskwright.contract.CreateContract;
import io.diskwright.contract.DeleteContract;
import io.diskwright.contract.ErrorsContract;
import io.diskwright.contract.FacetsContract;
import io.diskwright.contract.IdentityContract;
import io.diskwright.contract.LifecycleContract;
import io.diskwright.contract.LocksContract;
import io.diskwright.contract.SizesContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/**
 * The backend qcow2 as far as it needs no qemu-img: all areas in which no machine writes and no
 * disk grows. The others are in {@link Qcow2ContractIT}.
 */
class Qcow2ContractTest {
  @TempDir static Path folder;

  private static ContractFixture storage() throws IOException {
    return FileStorage.qcow2(folder, FileMachine::start);
  }

  @Nested
  class Identity extends IdentityContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return storage();
    }
  }

  @Nested
  class Create extends CreateContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return storage();
    }
  }

  @Nested
  class Bytes extends BytesContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return storage();
    }
  }

  @Nested
  class Sizes extends SizesContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return storage();
    }
  }

  @Nested
  class Delete extends DeleteContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return storage();
    }
  }

  @Nested
  class BaseCache extends BaseCacheContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return storage();
    }
  }

  @Nested
  class Cancellation extends CancellationContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return storage();
    }
  }

  @Nested
  class Lifecycle extends LifecycleContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return storage();
    }
  }

  @Nested
  class Errors extends ErrorsContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return storage();
    }
  }

  @Nested
  class Concurrency extends ConcurrencyContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return storage();
    }
  }

  @Nested
  class Locks extends LocksContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return storage();
    }
  }

  @Nested
  class Facets extends FacetsContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return storage();
    }
  }
}
