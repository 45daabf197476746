package io.diskwright.backend.rbd.ceph;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Has this JVM die just before one of the native calls that change the cluster. It stands between
 * JNA and its proxies, which needs {@code --add-opens java.base/java.lang.reflect=ALL-UNNAMED}.
 */
public final class NativeDeath {
  /** How a JVM ends that dies so, as its parent sees it. */
  public static final int STATUS = 137;

  private static final int SIGKILL = 9;

  /** What only reads, prepares or frees; all else counts, also what is added to the interfaces. */
  private static final Pattern HARMLESS =
      Pattern.compile(
          "rados_(aio|conf|ioctx|pool|omap|release|read_op|set_pool|create|buffer)_.*|rados_exec"
              + "|rados_(read|stat|wait_for_latest_osdmap|list_lockers|getaddrs|application_list|mon_command)"
              + "|rados_write_op_(?!operate).*"
              + "|rbd_(image_options|image_spec|linked_image|snap_spec|get|list|watchers)_?.*"
              + "|rbd_(version|stat|read|diff_iterate2|metadata_get|namespace_exists)"
              + "|rbd_(trash_list|snap_(list|is|get|set)).*"
              + "|rbd_open.*_read_only");

  private final int fatal;

  /** Guarded by this. */
  private final List<String> calls = new ArrayList<>();

  /** Images that are open for writing, which closing them tells the cluster. */
  private final Set<Pointer> written = ConcurrentHashMap.newKeySet();

  private NativeDeath(int fatal) {
    this.fatal = fatal;
  }

  /**
   * Begins to count.
   *
   * @param n before which of them it dies, counted from 1; 0 to count only
   */
  public static NativeDeath before(int n) throws ReflectiveOperationException {
    NativeDeath death = new NativeDeath(n);
    death.standBefore(CephLibraries.rados());
    death.standBefore(CephLibraries.rbd());
    return death;
  }

  private void standBefore(Object library) throws ReflectiveOperationException {
    InvocationHandler native_ = Proxy.getInvocationHandler(library);
    Field handler = Proxy.class.getDeclaredField("h");
    handler.setAccessible(true);
    InvocationHandler ours = (proxy, method, arguments) -> call(native_, proxy, method, arguments);
    handler.set(library, ours);
  }

  private @Nullable Object call(
      InvocationHandler native_, Object proxy, Method method, Object[] arguments) throws Throwable {
    String name = method.getName();
    if (isChange(name, arguments)) {
      count(name);
    }
    Object result = native_.invoke(proxy, method, arguments);
    if (name.startsWith("rbd_open") && !HARMLESS.matcher(name).matches()) {
      written.add(((PointerByReference) arguments[2]).getValue());
    }
    return result;
  }

  /** A renewal comes when it comes: with it, the same number would not always be the same call. */
  private boolean isChange(String name, Object[] arguments) {
    if (name.equals("rbd_close")) {
      return written.remove((Pointer) arguments[0]);
    }
    if (name.startsWith("rados_lock_")) {
      return ((Byte) arguments[arguments.length - 1] & Librados.LOCK_FLAG_MUST_RENEW) == 0;
    }
    return !HARMLESS.matcher(name).matches();
  }

  private synchronized void count(String name) {
    calls.add(name);
    if (calls.size() == fatal) {
      System.out.println(name);
      System.out.flush();
      die();
    }
  }

  /** What is called of the C library. */
  private interface Libc extends Library {
    int kill(int process, int signal);
  }

  /** Runtime.halt would run Ceph's own exit handlers, while its threads go on. */
  private static void die() {
    int unused = Native.load("c", Libc.class).kill((int) ProcessHandle.current().pid(), SIGKILL);
    while (true) {
      Thread.onSpinWait();
    }
  }

  /** Returns the names of the calls so far. */
  public synchronized List<String> calls() {
    return List.copyOf(calls);
  }
}
