package io.diskwright.toolkit.qcow2;

import java.io.IOException;

/** Bytes that are not what the qcow2 specification says; the message says which rule they break. */
public final class Qcow2FormatException extends IOException {
  private static final long serialVersionUID = 1L;

  Qcow2FormatException(String rule) {
    super(rule);
  }
}
