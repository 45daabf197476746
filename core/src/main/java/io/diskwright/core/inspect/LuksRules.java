package io.diskwright.core.inspect;

import java.nio.ByteBuffer;

/** An encrypted volume, LUKS 1 or 2: known, and refused, because nobody here has its key. */
final class LuksRules extends FormatRules {
  private static final int VERSION = 6;

  private final Findings findings;

  LuksRules(Findings findings) {
    this.findings = findings;
  }

  @Override
  void head(ByteBuffer head) {
    if (head.limit() >= VERSION + 2) {
      findings.feature("version " + Short.toUnsignedInt(head.getShort(VERSION)));
    }
    findings.refuse("it is an encrypted LUKS volume, which is not accepted");
  }
}
