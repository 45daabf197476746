package io.diskwright.it.contract;

import io.diskwright.contract.ContractFixture;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The backend raw on whatever the temporary folder is on; needs no program. */
class RawContractTest extends RawContract {
  @TempDir static Path folder;

  @Override
  protected ContractFixture fixture() throws IOException {
    return FileStorage.raw(folder, FileMachine::start);
  }
}
