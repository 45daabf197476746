package io.diskwright.it.support;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests {@link OpenStack} as a parameter, on the cluster that {@link SharedCeph} gives: the
 * same one to all tests of a JVM. Tests keep to images of their own in it.
 */
public final class SharedOpenStack implements ParameterResolver {
  /** For {@code @ExtendWith}. */
  public SharedOpenStack() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == OpenStack.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Ceph ceph = SharedCeph.of(context); // first, so that it is ended last
    return context
        .getRoot()
        .getStore(Namespace.create(SharedOpenStack.class))
        .computeIfAbsent(OpenStack.class, key -> start(ceph), OpenStack.class);
  }

  private static OpenStack start(Ceph ceph) {
    try {
      return OpenStack.up(ceph);
    } catch (Exception e) {
      throw new AssertionError("no Glance and Keystone: " + e.getMessage(), e);
    }
  }
}
