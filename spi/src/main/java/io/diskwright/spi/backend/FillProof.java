package io.diskwright.spi.backend;

/**
 * The proof that a sink has been filled and verified, without which nothing is published.
 *
 * <p>Core implements it, and hands one out only after the digest, the inspection and the unchanged
 * validator were all good. Backends pass it on to {@link BaseRecord#of} and do not implement it.
 */
public interface FillProof {
  /**
   * Returns what was verified, for the record, such as {@code inspected} or {@code
   * sha256:1f3a…,inspected}.
   */
  String verified();
}
