package io.diskwright.spi.backend;

import io.diskwright.spi.error.DiskException;

/** Puts the bytes of a base into a sink; core's side of filling a base. */
@FunctionalInterface
public interface Fill {
  /**
   * Writes every byte of the base, verifies it, and flushes the sink.
   *
   * <p>A backend calls it once, in the thread that called {@link ImageBackend#cache}.
   *
   * @param sink the attempt's own target
   * @return the proof that publishing asks for
   * @throws DiskException when filling or verification failed; the attempt must be thrown away
   */
  FillProof into(Sink sink) throws DiskException;
}
