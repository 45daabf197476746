package io.diskwright.it.arch.planted.toolkit;

import io.diskwright.it.arch.planted.core.CoreSeesBackend;

/** Planted. */
public interface ToolkitSeesCore {
  CoreSeesBackend core();
}
