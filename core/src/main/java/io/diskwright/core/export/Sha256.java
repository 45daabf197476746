package io.diskwright.core.export;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The digest that ends what is written of a base. */
final class Sha256 {
  static final int LENGTH = 32;

  private Sha256() {}

  static MessageDigest start() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
