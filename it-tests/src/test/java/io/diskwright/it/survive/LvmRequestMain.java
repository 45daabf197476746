package io.diskwright.it.survive;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The main class of a JVM that makes the request of a scenario on LVM. Arguments: the pool's home;
 * the folder with the images; the scenario.
 */
final class LvmRequestMain {
  private LvmRequestMain() {}

  public static void main(String[] arguments) throws IOException {
    RequestScenario scenario = new RequestScenarios(Path.of(arguments[1])).named(arguments[2]);
    try (TestPool pool = TestPool.open(Path.of(arguments[0]))) {
      scenario.request().with(pool);
    }
  }
}
