package io.diskwright.toolkit.nbd;

import java.io.IOException;

/** A server has sent what the protocol does not allow. */
final class NbdProtocolException extends IOException {
  private static final long serialVersionUID = 1L;

  NbdProtocolException(String said) {
    super("the server does not keep to the protocol: " + said);
  }
}
