package io.diskwright.it.support;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a {@link Ceph} cluster as a parameter: the same one to all tests of a JVM, started
 * when the first asks, ended after the last. Tests keep to names of their own in it.
 */
public final class SharedCeph implements ParameterResolver {
  /** For {@code @ExtendWith}. */
  public SharedCeph() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Ceph.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return of(context);
  }

  static Ceph of(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.create(SharedCeph.class))
        .computeIfAbsent(Ceph.class, key -> start(), Ceph.class);
  }

  private static Ceph start() {
    try {
      return Ceph.up();
    } catch (Exception e) {
      throw new AssertionError("no Ceph cluster: " + e.getMessage(), e);
    }
  }
}
