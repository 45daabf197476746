package io.diskwright.it.arch.planted.backend.one;

import io.diskwright.it.arch.planted.source.SourceSeesCore;

/** Planted. */
interface BackendSeesSource {
  SourceSeesCore source();
}
