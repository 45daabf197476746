package io.diskwright.it.arch.planted.source;

import io.diskwright.it.arch.planted.core.CoreSeesBackend;

/** Planted; and public. */
public interface SourceSeesCore {
  CoreSeesBackend core();
}
