package io.diskwright.backend.rbd.ceph;

import com.sun.jna.Pointer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The main class of a JVM that uses handles as nobody should. It prints {@code survived} at its
 * end; a native crash ends it before.
 *
 * <p>Arguments: Ceph's configuration file, the name of an image that has a snapshot {@code base},
 * what to do.
 */
final class Misuse {
  private static final int ROUNDS = 12;

  private final CephAccess access;
  private final String base;

  private Misuse(Path conf, String base) {
    this.access =
        new CephAccess(
            Optional.of(conf),
            "diskwright",
            Optional.empty(),
            Duration.ofSeconds(30),
            Map.of("rbd_cache", "false"));
    this.base = base;
  }

  public static void main(String[] arguments) throws Exception {
    Misuse misuse = new Misuse(Path.of(arguments[0]), arguments[1]);
    switch (arguments[2]) {
      case "close twice" -> misuse.closeTwice();
      case "use after close" -> misuse.useAfterClose();
      case "close the cluster first" -> misuse.closeTheClusterFirst();
      case "close during calls" -> misuse.closeDuringCalls();
      case "close during progress" -> misuse.closeDuringProgress();
      case "collect the cluster" -> misuse.collectTheCluster();
      case "collect buffers" -> misuse.collectBuffers();
      case "forget everything" -> misuse.forgetEverything();
      case "exit during calls" -> misuse.exitDuringCalls();
      case "crash" -> System.out.println(new Pointer(8).getByte(0));
      default -> throw new IllegalArgumentException(arguments[2]);
    }
    System.out.println("survived");
  }

  /** A cluster, a pool and an image that is a clone of its own. */
  private record Tree(CephCluster cluster, CephPool pool, RbdImage image) {
    List<AutoCloseable> handles() {
      return List.of(cluster, pool, image);
    }
  }

  private Tree open() throws CephException {
    CephCluster cluster = CephCluster.connect(access);
    CephPool pool = cluster.pool("vms", "");
    String clone = "misuse-%d-%d".formatted(ProcessHandle.current().pid(), System.nanoTime());
    pool.cloneImage(pool, base, "base", clone, ImageOptions.DEFAULT);
    return new Tree(cluster, pool, pool.open(clone, false));
  }

  private static void expect(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  private void closeTwice() throws Exception {
    Random dice = new Random(1);
    for (int round = 0; round < ROUNDS; round++) {
      Tree tree = open();
      List<AutoCloseable> all = new ArrayList<>();
      all.addAll(tree.handles());
      all.addAll(tree.handles());
      java.util.Collections.shuffle(all, dice);
      for (AutoCloseable handle : all) {
        handle.close();
      }
    }
  }

  private void closeTheClusterFirst() throws Exception {
    Tree tree = open();
    RbdImage second = tree.pool().open(base, true);
    tree.cluster().close();
    expectClosed(tree.image()::size);
    expectClosed(second::size);
    second.close();
    tree.image().close();
    tree.pool().close();
  }

  private static void expectClosed(Callable<?> call) throws Exception {
    try {
      Object result = call.call();
      throw new AssertionError("worked on a closed handle: " + result);
    } catch (IllegalStateException e) {
      expect(e.getMessage().endsWith(" is closed"), e.toString());
    }
  }

  /** Calls every public method there is. */
  private void useAfterClose() throws Exception {
    Tree tree = open();
    tree.cluster().close();
    int refused = 0;
    List<Object> used = new ArrayList<>(tree.handles());
    used.add(tree.pool().trash());
    for (Object handle : used) {
      for (Method method : handle.getClass().getMethods()) {
        boolean ours = method.getDeclaringClass() == handle.getClass();
        boolean harmless = Set.of("name", "namespace", "trash", "close").contains(method.getName());
        if (ours && !Modifier.isStatic(method.getModifiers()) && !harmless) {
          expectRefused(handle, method, tree);
          refused++;
        }
      }
    }
    expectClosed(tree.image()::name);
    expect(refused > 50, "only " + refused + " methods");
  }

  private static void expectRefused(Object handle, Method method, Tree tree) throws Exception {
    Object[] arguments = new Object[method.getParameterCount()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = argument(method.getParameterTypes()[i], tree);
    }
    try {
      Object result = method.invoke(handle, arguments);
      throw new AssertionError(method + " on a closed handle returned " + result);
    } catch (InvocationTargetException e) {
      expect(e.getCause() instanceof IllegalStateException, method + ": " + e.getCause());
    }
  }

  private static Object argument(Class<?> type, Tree tree) {
    Map<Class<?>, Object> values =
        Map.ofEntries(
            Map.entry(String.class, "name"),
            Map.entry(long.class, 0L),
            Map.entry(boolean.class, false),
            Map.entry(Duration.class, Duration.ofSeconds(1)),
            Map.entry(ByteBuffer.class, ByteBuffer.allocate(1)),
            Map.entry(Collection.class, List.of()),
            Map.entry(Optional.class, Optional.empty()),
            Map.entry(RbdProgress.class, RbdProgress.NONE),
            Map.entry(ImageOptions.class, ImageOptions.DEFAULT),
            Map.entry(ExtentConsumer.class, (ExtentConsumer) (offset, length, data) -> {}),
            Map.entry(ObjectWrite.class, ObjectWrite.on("object").create()),
            Map.entry(CephPool.class, tree.pool()),
            Map.entry(Locker.class, new Locker("client.1", "cookie", "")),
            Map.entry(
                LockRequest.class,
                new LockRequest("lock", "", "", "", true, Duration.ofSeconds(1), false)));
    return values.get(type);
  }

  private void closeDuringCalls() throws Exception {
    Random dice = new Random(2);
    ExecutorService threads = Executors.newCachedThreadPool();
    for (int round = 0; round < ROUNDS; round++) {
      Tree tree = open();
      CountDownLatch begun = new CountDownLatch(4);
      List<Future<?>> users = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int user = i;
        users.add(threads.submit(() -> useUntilClosed(tree, user, begun)));
      }
      begun.await();
      for (int spin = dice.nextInt(200_000); spin > 0; spin--) {
        Thread.onSpinWait();
      }
      List<Future<?>> closers = new ArrayList<>();
      for (AutoCloseable handle : tree.handles()) {
        if (handle == tree.cluster() || dice.nextBoolean()) {
          closers.add(
              threads.submit(
                  () -> {
                    handle.close();
                    return 0;
                  }));
        }
      }
      for (Future<?> closer : closers) {
        closer.get();
      }
      for (Future<?> user : users) {
        user.get();
      }
    }
    threads.shutdown();
  }

  private static int useUntilClosed(Tree tree, int user, CountDownLatch begun)
      throws CephException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    for (long count = 0; ; count++) {
      try {
        use(tree, user, buffer.clear(), count);
      } catch (IllegalStateException e) {
        return 0;
      } catch (CephException e) {
        // The snapshot of a round before, say; that it did no harm is what counts.
        expect(e.errno() > 0, e.toString());
      }
      begun.countDown();
    }
  }

  private static void use(Tree tree, int user, ByteBuffer buffer, long count) throws CephException {
    switch (user) {
      case 0 -> tree.image().write((count % 4) << 20, buffer);
      case 1 -> expect(tree.image().read((count % 4) << 20, buffer) > 0, "nothing read");
      case 2 -> tree.image().resize((16 + count % 2) << 20, true, RbdProgress.NONE);
      default -> askAround(tree, count);
    }
  }

  /** What asks more than the handle itself. */
  private static void askAround(Tree tree, long count) throws CephException {
    switch ((int) (count % 4)) {
      case 0 -> expect(tree.pool().images().size() > 0, "no images");
      case 1 -> expect(tree.image().dataPool().isEmpty(), "a data pool");
      case 2 -> expect(tree.pool().stats().available() > 0, "no space");
      default -> expect(tree.image().parent().isPresent(), "no parent");
    }
  }

  private void closeDuringProgress() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    for (int round = 0; round < ROUNDS; round++) {
      Tree tree = open();
      CountDownLatch reported = new CountDownLatch(1);
      Future<?> flattening =
          threads.submit(
              () -> {
                tree.image()
                    .flatten(
                        (done, total) -> {
                          reported.countDown();
                          System.gc();
                          return true;
                        });
                return 0;
              });
      reported.await();
      tree.handles().get(round % 3).close();
      flattening.get();
      tree.cluster().close();
    }
    threads.shutdown();
  }

  /** rados-java shuts a cluster down in its finalizer. */
  private void collectTheCluster() throws Exception {
    RbdImage image = open().image();
    for (int i = 0; i < 30; i++) {
      collect();
      image.write(0, ByteBuffer.allocate(4096));
      expect(image.size() > 0, "size");
    }
    image.close();
  }

  @SuppressWarnings("removal")
  private static void collect() {
    System.gc();
    System.runFinalization();
  }

  /** Memory that nobody refers to any more must not be freed under librbd. */
  private void collectBuffers() throws Exception {
    Tree tree = open();
    Thread collector =
        new Thread(
            () -> {
              while (!Thread.interrupted()) {
                collect();
              }
            });
    collector.start();
    byte[] bytes = new byte[64 << 10];
    new Random(3).nextBytes(bytes);
    for (int i = 0; i < 200; i++) {
      tree.image().write(i * 4096L, ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
      tree.pool()
          .write(ObjectWrite.on("misuse").setOmap(Map.of("key/" + i, bytes, "other", bytes)));
      ByteBuffer read = ByteBuffer.allocateDirect(bytes.length);
      expect(tree.image().read(i * 4096L, read) == bytes.length, "short");
      expect(read.flip().equals(ByteBuffer.wrap(bytes)), "other bytes");
      expect(
          java.util.Arrays.equals(
              bytes, tree.pool().readOmap("misuse", List.of("other")).orElseThrow().get("other")),
          "other value");
    }
    collector.interrupt();
    collector.join();
    tree.cluster().close();
  }

  private void forgetEverything() throws Exception {
    for (int i = 0; i < 3; i++) {
      Tree unused = open();
    }
    for (int i = 0; i < 10; i++) {
      collect();
    }
    open().cluster().close();
  }

  private void exitDuringCalls() throws Exception {
    Tree tree = open();
    CountDownLatch begun = new CountDownLatch(4);
    for (int i = 0; i < 4; i++) {
      int user = i;
      Thread thread =
          new Thread(
              () -> {
                try {
                  useUntilClosed(tree, user, begun);
                } catch (CephException e) {
                  throw new AssertionError(e);
                }
              });
      thread.setDaemon(true);
      thread.start();
    }
    begun.await();
  }
}
