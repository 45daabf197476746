package io.diskwright.spi;

/** The version of this service-provider interface. */
public final class Spi {
  /**
   * The version of the interface that a provider is compiled against.
   *
   * <p>It is a compile-time constant on purpose: {@code return Spi.VERSION;} is inlined into the
   * provider's class, which so reports what it was built for, not what it runs on. Version 0 may
   * change without notice.
   */
  public static final int VERSION = 0;

  private Spi() {}
}
