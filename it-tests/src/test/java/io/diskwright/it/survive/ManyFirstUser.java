package io.diskwright.it.survive;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.ImageRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Caches images with as many threads at once, when it is told to; prints what came of each.
 * Arguments: the pool's home, and the images.
 */
final class ManyFirstUser {
  static final String CACHED = "cached";

  private ManyFirstUser() {}

  /** Does that. */
  public static void main(String[] arguments) throws Exception {
    List<Path> images = new ArrayList<>();
    for (int i = 1; i < arguments.length; i++) {
      images.add(Path.of(arguments[i]));
    }
    ExecutorService threads = Executors.newFixedThreadPool(images.size());
    try (TestPool pool = TestPool.open(Path.of(arguments[0]))) {
      List<Callable<String>> uses = new ArrayList<>();
      for (Path image : images) {
        uses.add(() -> cache(pool, image));
      }
      pool.disks();
      System.out.println("ready");
      if (System.in.read() < 0) {
        throw new IllegalStateException("nobody is there");
      }
      for (Future<String> use : threads.invokeAll(uses)) {
        System.out.println(use.get());
      }
    } finally {
      threads.shutdown();
    }
  }

  private static String cache(TestPool pool, Path image) {
    ImageRequest request = ImageRequest.of(image.toString());
    try {
      return CACHED + ' ' + pool.pool().pull(request, TestPool.call()).key();
    } catch (DiskException e) {
      return e.getMessage();
    }
  }
}
