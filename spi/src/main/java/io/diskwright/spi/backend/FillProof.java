package io.diskwright.spi.backend;

import java.util.Optional;

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

  /**
   * Returns the checksum of what the base reads as, by which core can tell later whether it still
   * does; empty when none was computed. An opaque word for the record.
   */
  default Optional<String> checksum() {
    return Optional.empty();
  }
}
