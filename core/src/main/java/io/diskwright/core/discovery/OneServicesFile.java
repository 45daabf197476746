package io.diskwright.core.discovery;

import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/**
 * A class loader that defines nothing and shows one services file of its parent, so that a failure
 * of {@link java.util.ServiceLoader} belongs to that file's jar.
 */
final class OneServicesFile extends ClassLoader {
  private final String name;
  private final List<URL> file;
  private String lastAsked = "";

  /**
   * Makes the class loader.
   *
   * @param parent what loads the classes
   * @param name the services file's name
   * @param file where it is; none to find providers in named modules only
   */
  OneServicesFile(ClassLoader parent, String name, List<URL> file) {
    super(parent);
    this.name = name;
    this.file = List.copyOf(file);
  }

  @Override
  public Enumeration<URL> getResources(String resource) throws IOException {
    return resource.equals(name) ? Collections.enumeration(file) : super.getResources(resource);
  }

  /** Only provider classes are asked for here: what they need, their own class loader loads. */
  @Override
  protected Class<?> loadClass(String className, boolean resolve) throws ClassNotFoundException {
    lastAsked = className;
    return super.loadClass(className, resolve);
  }

  /** Returns the class that was asked for since this was last called, empty when none was. */
  String takeLastAsked() {
    String taken = lastAsked;
    lastAsked = "";
    return taken;
  }
}
