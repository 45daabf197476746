package io.diskwright.it.arch.planted.core;

import io.diskwright.it.arch.planted.backend.one.BackendSeesCore;

/** Planted. */
public interface CoreSeesBackend {
  BackendSeesCore backend();
}
