package io.diskwright.it.arch.planted.backend.two;

import io.diskwright.spi.backend.ImageBackendProvider;

/** Planted: a provider that is not final, named so, or to be made by anyone. */
abstract class Unusual implements ImageBackendProvider {
  Unusual(String argument) {
    assert !argument.isEmpty();
  }
}
