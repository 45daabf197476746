package io.diskwright.it.arch.planted.cli;

import io.diskwright.it.arch.planted.backend.one.BackendSeesCore;

/** Planted. */
interface CliSeesBackend {
  BackendSeesCore backend();
}
