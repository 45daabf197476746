package io.diskwright.it.arch.planted.contract;

import io.diskwright.it.arch.planted.toolkit.ToolkitSeesCore;

/** Planted. */
interface ContractSeesToolkit {
  ToolkitSeesCore toolkit();
}
