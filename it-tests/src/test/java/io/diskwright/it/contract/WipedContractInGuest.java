package io.diskwright.it.contract;

import io.diskwright.contract.ContractFixture;
import java.io.IOException;

/** As {@link LinearContractInGuest}, with volumes that are wiped before they are removed. */
public class WipedContractInGuest extends LinearContractInGuest {
  @Override
  protected ContractFixture fixture() throws IOException {
    return LvmStorage.take(LvmStorage.Kind.WIPED);
  }
}
