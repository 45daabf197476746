package io.diskwright.it.survive;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Makes disks of one image with many threads at once, when it is told to; prints how many of them
 * have filled its base. Arguments: the pool's home, a prefix of names, how many, the image, the
 * size.
 */
final class FirstUser {
  private FirstUser() {}

  /** Does that. */
  public static void main(String[] arguments) throws Exception {
    int count = Integer.parseInt(arguments[2]);
    Path image = Path.of(arguments[3]);
    long size = Long.parseLong(arguments[4]);
    ExecutorService threads = Executors.newFixedThreadPool(count);
    try (TestPool pool = TestPool.open(Path.of(arguments[0]))) {
      List<Callable<Boolean>> uses = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String name = arguments[1] + i;
        uses.add(
            () ->
                pool.create(name, image, size).steps().stream()
                    .anyMatch(step -> step.detail().endsWith(" base")));
      }
      pool.disks();
      System.out.println("ready");
      if (System.in.read() < 0) {
        throw new IllegalStateException("nobody is there");
      }
      int fills = 0;
      for (Future<Boolean> use : threads.invokeAll(uses)) {
        fills += use.get() ? 1 : 0;
      }
      System.out.println(fills);
    } finally {
      threads.shutdown();
    }
  }
}
