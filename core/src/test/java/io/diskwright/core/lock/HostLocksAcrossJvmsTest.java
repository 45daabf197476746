package io.diskwright.core.lock;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.spi.lock.LockMode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Host locks among JVMs, and among class loaders of one JVM that know nothing of each other. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostLocksAcrossJvmsTest extends LockTestBase {
  /** Another JVM, which takes the lock when it starts. */
  private static final class Jvm implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    Jvm(Path lockFile, LockMode mode) throws IOException {
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  HoldsALock.class.getName(),
                  lockFile.toString(),
                  mode.name())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      output = process.inputReader(UTF_8);
    }

    String says() throws IOException {
      return output.readLine();
    }

    void giveBack() throws IOException {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
    }

    void kill() {
      process.destroyForcibly();
    }

    @Override
    public void close() {
      kill();
    }
  }

  private static boolean isFree(LockManager manager, LockMode mode) {
    return catchThrowableOfType(
            DiskException.class, () -> manager.acquire(KEY, mode, impatient()).close())
        == null;
  }

  @Test
  void anotherJvmsLockExcludesOurs() throws Exception {
    LockManager manager = manager();
    try (Jvm jvm = new Jvm(lockFile(), LockMode.EXCLUSIVE)) {
      assertThat(jvm.says()).isEqualTo("held");
      assertThat(isFree(manager, LockMode.SHARED)).isFalse();
      Waiter waiter = new Waiter(manager, LockMode.EXCLUSIVE, () -> {}).untilItWaits();
      assertThat(waiter.isDone()).isFalse();

      jvm.giveBack();

      assertThat(jvm.says()).isEqualTo("free");
      assertThat(waiter.succeeded()).isTrue();
    }
  }

  @Test
  void ourLockExcludesAnotherJvms() throws Exception {
    Lease lease = manager().acquire(KEY, LockMode.EXCLUSIVE, patient());
    try (Jvm jvm = new Jvm(lockFile(), LockMode.SHARED)) {
      assertThat(jvm.output.ready()).isFalse();

      lease.close();

      assertThat(jvm.says()).isEqualTo("held");
    }
  }

  @Test
  void sharedLocksAdmitEachOtherAcrossJvms() throws Exception {
    LockManager manager = manager();
    Lease first = manager.acquire(KEY, LockMode.SHARED, patient());
    Lease second = manager.acquire(KEY, LockMode.SHARED, patient());
    try (Jvm jvm = new Jvm(lockFile(), LockMode.SHARED)) {
      assertThat(jvm.says()).isEqualTo("held");
      first.close();
      second.close();
      assertThat(isFree(manager, LockMode.EXCLUSIVE)).isFalse();
      assertThat(isFree(manager, LockMode.SHARED)).isTrue();

      jvm.giveBack();

      assertThat(jvm.says()).isEqualTo("free");
      assertThat(isFree(manager, LockMode.EXCLUSIVE)).isTrue();
    }
  }

  @Test
  void whatAKilledJvmHeldIsFree() throws Exception {
    LockManager manager = manager();
    try (Jvm jvm = new Jvm(lockFile(), LockMode.EXCLUSIVE)) {
      assertThat(jvm.says()).isEqualTo("held");
      Waiter waiter = new Waiter(manager, LockMode.EXCLUSIVE, () -> {}).untilItWaits();
      assertThat(waiter.isDone()).isFalse();

      jvm.kill();

      assertThat(waiter.succeeded()).isTrue();
    }
  }

  /** Another class loader's copy of all our classes, as a plug-in container would have it. */
  private static URLClassLoader stranger() throws Exception {
    List<String> path =
        List.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator));
    URL[] urls = new URL[path.size()];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = Path.of(path.get(i)).toUri().toURL();
    }
    return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
  }

  @Test
  void twoClassLoadersOfOneJvmExcludeEachOther() throws Exception {
    LockManager manager = manager();
    try (URLClassLoader stranger = stranger()) {
      Class<?> locks = stranger.loadClass(HostLocks.class.getName());
      assertThat(locks).isNotSameAs(HostLocks.class);
      Object theirs = locks.getMethod("of", Path.class).invoke(null, lockFile());
      AutoCloseable lease = (AutoCloseable) acquire(stranger, locks, theirs);

      assertThat(isFree(manager, LockMode.SHARED)).isFalse();

      lease.close();
      assertThat(isFree(manager, LockMode.EXCLUSIVE)).isTrue();
      ((AutoCloseable) theirs).close();
    }
  }

  private static Object acquire(URLClassLoader loader, Class<?> locks, Object manager)
      throws Exception {
    Class<?> key = loader.loadClass("io.diskwright.spi.lock.LockKey");
    Class<?> mode = loader.loadClass(LockMode.class.getName());
    Class<?> call = loader.loadClass("io.diskwright.spi.call.Call");
    Object base =
        Arrays.stream(loader.loadClass("io.diskwright.spi.lock.LockKey$Scope").getEnumConstants())
            .filter(scope -> scope.toString().equals("BASE"))
            .findFirst()
            .orElseThrow();
    Object exclusive = mode.getField("EXCLUSIVE").get(null);
    return locks
        .getMethod("acquire", key, mode, call)
        .invoke(
            manager,
            key.getConstructors()[0].newInstance(base, "key"),
            exclusive,
            call.getMethod("within", java.time.Duration.class)
                .invoke(null, java.time.Duration.ofSeconds(30)));
  }
}
