package io.diskwright.backend.rbd.ceph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskwright.toolkit.os.Errno;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HandleTest {
  private final List<String> released = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  /** A handle of nothing. */
  private final class Named extends Handle {
    private final String name;
    private final int errno;

    Named(String name, Handle parent, int errno) {
      super(name, parent);
      this.name = name;
      this.errno = errno;
    }

    @Override
    void release() throws CephException {
      released.add(name);
      if (errno != 0) {
        throw new CephException("close", name, errno);
      }
    }
  }

  private Named root() {
    return new Named("root", null, 0);
  }

  private Named below(Handle parent, String name, int errno) throws CephException {
    return parent.call(() -> parent.adopt(new Named(name, parent, errno)));
  }

  @Test
  void closesWhatHangsBelowFirst() throws Exception {
    Handle root = root();
    Handle middle = below(root, "middle", 0);
    below(middle, "leaf", 0);

    root.close();

    assertThat(released).containsExactly("leaf", "middle", "root");
  }

  @Test
  void closesOnceInAnyOrder() throws Exception {
    Handle root = root();
    Handle middle = below(root, "middle", 0);
    Handle leaf = below(middle, "leaf", 0);

    leaf.close();
    root.close();
    middle.close();
    leaf.close();
    root.close();

    assertThat(released).containsExactly("leaf", "middle", "root");
  }

  @Test
  void refusesCallsAfterClose() throws Exception {
    Handle root = root();
    Handle leaf = below(root, "leaf", 0);
    root.close();

    assertThatThrownBy(() -> leaf.call(() -> 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("leaf is closed");
  }

  @Test
  void isClosedThoughClosingFails() throws Exception {
    Handle root = root();
    below(root, "leaf", Errno.ESHUTDOWN);

    assertThatThrownBy(root::close)
        .isInstanceOfSatisfying(
            CephException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ESHUTDOWN));
    root.close();

    assertThat(released).containsExactly("leaf", "root");
  }

  @Test
  void waitsForTheCallsThatAreUnderWay() throws Exception {
    Handle root = root();
    Handle leaf = below(root, "leaf", 0);
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch closing = new CountDownLatch(1);
    Future<Integer> call =
        threads.submit(
            () ->
                leaf.call(
                    () -> {
                      inside.countDown();
                      awaitBlocked(closing);
                      return released.size();
                    }));
    inside.await();
    Thread closer =
        new Thread(
            () -> {
              try {
                root.close();
              } catch (CephException e) {
                throw new AssertionError(e);
              }
            });
    closer.start();
    while (closer.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    closing.countDown();
    closer.join();

    assertThat(call.get()).as("handles released during the call").isZero();
    assertThat(released).containsExactly("leaf", "root");
  }

  private static void awaitBlocked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void closesOnceFromManyThreadsWhileOthersCall() throws Exception {
    for (int round = 0; round < 200; round++) {
      released.clear();
      Handle root = root();
      Handle middle = below(root, "middle", 0);
      Handle leaf = below(middle, "leaf", 0);
      AtomicInteger lateCalls = new AtomicInteger();
      List<Future<?>> all =
          List.of(
              threads.submit(
                  () -> {
                    root.close();
                    return 0;
                  }),
              threads.submit(
                  () -> {
                    leaf.close();
                    return 0;
                  }),
              threads.submit(
                  () -> {
                    middle.close();
                    return 0;
                  }),
              threads.submit(() -> callUntilClosed(leaf, lateCalls)),
              threads.submit(() -> callUntilClosed(leaf, lateCalls)));
      for (Future<?> one : all) {
        get(one);
      }
      assertThat(released).containsExactly("leaf", "middle", "root");
      assertThat(lateCalls).hasValue(0);
    }
  }

  private int callUntilClosed(Handle leaf, AtomicInteger lateCalls) throws CephException {
    while (true) {
      try {
        int unused = leaf.call(() -> released.contains("leaf") ? lateCalls.incrementAndGet() : 0);
      } catch (IllegalStateException e) {
        return 0;
      }
    }
  }

  private static void get(Future<?> future) throws InterruptedException {
    try {
      future.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }
}
