package io.diskwright.contract;

import java.io.IOException;
import org.junit.jupiter.api.Nested;

/** Every area that is required of every backend; add one nested class for each facet. */
public abstract class BackendContract {
  /** Returns fresh, empty storage. */
  protected abstract ContractFixture fixture() throws IOException;

  @Nested
  class Identity extends IdentityContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  class Create extends CreateContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  class Bytes extends BytesContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  class Sizes extends SizesContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  class Isolation extends IsolationContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  class Resize extends ResizeContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  class Delete extends DeleteContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  class BaseCache extends BaseCacheContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  class Cancellation extends CancellationContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  class Lifecycle extends LifecycleContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  class CacheKeeping extends CacheKeepingContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  class Errors extends ErrorsContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  class Concurrency extends ConcurrencyContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  class Locks extends LocksContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  class Online extends OnlineContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  class Space extends SpaceContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  class Facets extends FacetsContract {
    @Override
    protected ContractFixture fixture() throws IOException {
      return BackendContract.this.fixture();
    }
  }
}
