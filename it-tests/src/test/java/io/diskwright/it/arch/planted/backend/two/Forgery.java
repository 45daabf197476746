package io.diskwright.it.arch.planted.backend.two;

import io.diskwright.spi.backend.FillProof;

/** Planted: a proof that a backend makes for itself. */
record Forgery() implements FillProof {
  @Override
  public String verified() {
    return "trust me";
  }
}
