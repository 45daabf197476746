package io.diskwright.it.survive;

import io.diskwright.backend.rbd.ceph.NativeDeath;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The main class of a JVM that makes the request of a scenario. Arguments: the pool's home, in the
 * folder with the images; the scenario; before which native call it dies, or 0. Prints that call's
 * name, or those of all.
 */
final class RbdRequestMain {
  private RbdRequestMain() {}

  public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
    Path home = Path.of(arguments[0]);
    RequestScenario scenario = new RbdScenarios(home.getParent()).named(arguments[1]);
    NativeDeath death = NativeDeath.before(Integer.parseInt(arguments[2]));
    try (TestPool pool = TestPool.open(home)) {
      scenario.request().with(pool);
    }
    System.out.println(String.join(" ", death.calls()));
  }
}
