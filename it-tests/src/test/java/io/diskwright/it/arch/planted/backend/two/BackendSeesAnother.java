package io.diskwright.it.arch.planted.backend.two;

import io.diskwright.it.arch.planted.backend.one.BackendSeesCore;

/** Planted. */
interface BackendSeesAnother {
  BackendSeesCore another();
}
