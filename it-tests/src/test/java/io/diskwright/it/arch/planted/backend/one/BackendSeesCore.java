package io.diskwright.it.arch.planted.backend.one;

import io.diskwright.it.arch.planted.core.CoreSeesBackend;

/** Planted; and public. */
public interface BackendSeesCore {
  CoreSeesBackend core();
}
