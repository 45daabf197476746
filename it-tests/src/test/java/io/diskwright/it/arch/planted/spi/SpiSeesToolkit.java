package io.diskwright.it.arch.planted.spi;

import io.diskwright.it.arch.planted.toolkit.ToolkitSeesCore;

/** Planted. */
public interface SpiSeesToolkit {
  ToolkitSeesCore toolkit();
}
