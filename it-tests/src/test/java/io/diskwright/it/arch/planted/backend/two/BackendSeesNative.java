package io.diskwright.it.arch.planted.backend.two;

import com.sun.jna.Pointer;

/** Planted: a backend that calls native code by itself. */
final class BackendSeesNative {
  Pointer pointer;
}
