package io.diskwright.source.http;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Finds the addresses of a host. */
@FunctionalInterface
interface Lookup {
  /** Asks the system, which also reads every spelling of an address. */
  Lookup SYSTEM = InetAddress::getAllByName;

  InetAddress[] addresses(String host) throws UnknownHostException;

  /**
   * As {@link #addresses}, but fails when it was ended by an interrupt: who has waited for it is
   * gone, and nobody would close what is connected now.
   */
  default InetAddress[] wanted(String host) throws UnknownHostException {
    InetAddress[] addresses = addresses(host);
    if (Thread.currentThread().isInterrupted()) {
      throw new UnknownHostException(host + ": the lookup was interrupted");
    }
    return addresses;
  }
}
