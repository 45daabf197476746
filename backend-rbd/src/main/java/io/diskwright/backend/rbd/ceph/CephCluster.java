package io.diskwright.backend.rbd.ceph;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.ceph.rados.IoCTX;
import com.ceph.rados.Rados;
import com.ceph.rados.exceptions.RadosException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import io.diskwright.toolkit.os.Errno;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A connection to a cluster. Any thread. */
public final class CephCluster extends Handle {
  /** The operation of a failure to open a pool. */
  public static final String OPEN_POOL = "open pool";

  private static final String ASK_HOW_FULL = "ask how full is pool";
  private static final long COUNT_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** Ceph logs to files and to standard error unless told otherwise. */
  private static final Map<String, String> QUIET =
      Map.of(
          "log_file", "",
          "log_to_file", "false",
          "log_to_stderr", "false",
          "err_to_stderr", "false",
          "log_to_syslog", "false",
          "err_to_syslog", "false",
          "admin_socket", "");

  /** Without these a call waits for ever. */
  private static final List<String> BOUNDS =
      List.of("client_mount_timeout", "rados_mon_op_timeout", "rados_osd_op_timeout");

  /** rados-java shuts a cluster down when it is garbage-collected, whoever uses it still. */
  private static final Set<CephCluster> OPEN = ConcurrentHashMap.newKeySet();

  private final Connection connection;
  private final String name;
  private final long patienceNanos;

  /** rados-java's handle, with the pointer that it keeps to itself. */
  private static final class Connection extends Rados {
    Connection(String user) {
      super("ceph", "client." + user, 0);
    }

    /** Returns null when librados could not make a handle, which rados-java does not tell. */
    @Nullable Pointer pointerOrNull() {
      return clusterPtr;
    }
  }

  private CephCluster(Connection connection, String name, Duration timeout) {
    super("cluster (" + name + ")", null);
    this.connection = connection;
    this.name = name;
    this.patienceNanos = timeout.toNanos();
  }

  /**
   * Connects. Nothing is logged, and there is no admin socket, unless the options of the access ask
   * for them.
   *
   * @throws CephException with {@code ELIBACC} when {@link CephLibraries#whyMissing} says why;
   *     {@code ETIMEDOUT} when no monitor answered; {@code ENOENT} when there is no configuration
   *     file or no key of the user; {@code EACCES} or {@code EPERM} when the key is wrong; {@code
   *     EINVAL} when the configuration cannot be read, or an option has a wrong value
   */
  public static CephCluster connect(CephAccess access) throws CephException {
    String name = access.conf().map(Object::toString).orElse("ceph") + " as " + access.user();
    CephLibraries.require("connect to cluster", name);
    Connection connection = new Connection(access.user());
    if (connection.pointerOrNull() == null) {
      throw new CephException("connect to cluster", name, Errno.EINVAL);
    }
    CephCluster cluster = new CephCluster(connection, name, access.timeout());
    OPEN.add(cluster);
    try {
      cluster.configure(access);
      cluster.rados("connect to cluster", name, connection::connect);
      return cluster;
    } catch (CephException | RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  private void configure(CephAccess access) throws CephException {
    String read = "read configuration";
    if (access.conf().isPresent()) {
      rados(read, name, () -> connection.confReadFile(access.conf().get().toFile()));
    } else {
      // rados-java always wants a file.
      check(CephLibraries.rados().rados_conf_read_file(pointer(), null), read, name);
    }
    Map<String, String> options = new TreeMap<>(QUIET);
    options.putAll(access.options());
    access.keyring().ifPresent(keyring -> options.put("keyring", keyring.toString()));
    BOUNDS.forEach(bound -> options.put(bound, access.seconds()));
    for (Map.Entry<String, String> option : options.entrySet()) {
      rados(
          "set option",
          option.getKey(),
          () -> connection.confSet(option.getKey(), option.getValue()));
    }
  }

  /** A call of rados-java. */
  @FunctionalInterface
  private interface RadosCall {
    void run() throws RadosException;
  }

  /** Its messages have no text of the error number, and its cause would say no more. */
  private void rados(String operation, String resource, RadosCall call) throws CephException {
    try {
      call.run();
    } catch (RadosException e) {
      int result = e.getReturnValue();
      throw new CephException(operation, resource, result < 0 ? -result : Errno.EIO);
    }
  }

  /** Fails when a result is a negated error number. */
  static long check(long result, String operation, String resource) throws CephException {
    if (result < 0) {
      throw new CephException(operation, resource, (int) -result);
    }
    return result;
  }

  /** Returns the native handle; inside a call on this handle, or on one below it. */
  Pointer pointer() {
    @Nullable Pointer pointer = connection.pointerOrNull();
    if (pointer == null) {
      throw new IllegalStateException(name + " is closed");
    }
    return pointer;
  }

  /** Returns the cluster's id, as locations name it. */
  public String fsid() throws CephException {
    return call(
        () -> {
          String[] fsid = new String[1];
          rados("ask for the id of cluster", name, () -> fsid[0] = connection.clusterFsid());
          return fsid[0];
        });
  }

  /** Returns the number of this client, by which watchers and lockers name it. */
  public long instanceId() throws CephException {
    return call(
        () -> {
          long[] id = new long[1];
          rados("ask for the instance id at", name, () -> id[0] = connection.getInstanceId());
          return id[0];
        });
  }

  /**
   * Returns this client's address, such as {@code 127.0.0.1:0/123}: as watchers and lockers name
   * it, and as {@link #blocklist} takes it.
   */
  public String address() throws CephException {
    return call(
        () -> {
          PointerByReference addresses = new PointerByReference();
          check(
              CephLibraries.rados().rados_getaddrs(pointer(), addresses),
              "ask for the client's address at",
              name);
          try {
            return Names.address(addresses.getValue().getString(0, "UTF-8"));
          } finally {
            CephLibraries.rados().rados_buffer_free(addresses.getValue());
          }
        });
  }

  /**
   * Returns the value of one of Ceph's options, as the file, the cluster and the access have it.
   *
   * @return empty when Ceph knows no such option
   */
  public Optional<String> option(String option) throws CephException {
    Names.check("option", option);
    return call(
        () -> {
          for (int length = 256; ; length *= 4) {
            byte[] value = new byte[length];
            int result =
                CephLibraries.rados().rados_conf_get(pointer(), option, value, value.length);
            if (result == -Errno.ENOENT) {
              return Optional.empty();
            }
            if (result != -Errno.ENAMETOOLONG || length > 1 << 20) {
              check(result, "read option", option);
              return Optional.of(Names.first(value));
            }
          }
        });
  }

  /**
   * Returns where the monitors are, {@code host:port} each, as libvirt and QEMU take them: for each
   * the address of the newest protocol that it speaks.
   */
  public List<String> monitors() throws CephException {
    return MonitorMap.addresses(
        monCommand("{\"prefix\": \"mon dump\", \"format\": \"xml\"}"), name);
  }

  /**
   * Has the monitors run a command.
   *
   * @param json the command, such as {@code {"prefix": "mon dump", "format": "json"}}
   * @return what it prints
   * @throws CephException with {@code EACCES} when the user may not
   */
  public byte[] monCommand(String json) throws CephException {
    Names.check("command", json);
    return call(
        () -> {
          PointerByReference output = new PointerByReference();
          LongByReference length = new LongByReference();
          PointerByReference status = new PointerByReference();
          LongByReference statusLength = new LongByReference();
          Librados rados = CephLibraries.rados();
          int result =
              rados.rados_mon_command(
                  pointer(), new String[] {json}, 1, null, 0, output, length, status, statusLength);
          try {
            byte[] printed = bytes(output, length);
            String said = new String(bytes(status, statusLength), UTF_8);
            if (result < 0 && !said.isEmpty()) {
              throw new CephException("run command at", name, -result, said);
            }
            check(result, "run command at", name);
            return printed;
          } finally {
            rados.rados_buffer_free(output.getValue());
            rados.rados_buffer_free(status.getValue());
          }
        });
  }

  /**
   * Returns how full a pool is. Of a new pool the monitors know it once the manager has counted,
   * which it does every five seconds by default: this waits for that, as long as one operation may
   * take.
   *
   * @throws CephException with {@code ENOENT} when there is no such pool; {@code ETIMEDOUT} when
   *     the manager has not counted it in time
   */
  public PoolStats stats(String pool) throws CephException {
    long start = System.nanoTime();
    while (true) {
      byte[] xml = monCommand("{\"prefix\": \"df\", \"detail\": \"detail\", \"format\": \"xml\"}");
      Optional<PoolStats> stats = PoolUsageReport.of(xml, pool);
      if (stats.isPresent()) {
        return stats.get();
      }
      requirePool(pool);
      if (System.nanoTime() - start >= patienceNanos) {
        throw new CephException(
            ASK_HOW_FULL,
            pool,
            Errno.ETIMEDOUT,
            "the cluster's manager has not counted it in time");
      }
      LockSupport.parkNanos(COUNT_PAUSE_NANOS);
    }
  }

  /** A command has a bound, which librados's own look for newer pools has not. */
  private void requirePool(String pool) throws CephException {
    byte[] xml = monCommand("{\"prefix\": \"osd pool ls\", \"format\": \"xml\"}");
    if (MonXml.all(MonXml.parse(xml, name), "pool_name").stream()
        .noneMatch(element -> element.getTextContent().strip().equals(pool))) {
      throw new CephException(ASK_HOW_FULL, pool, Errno.ENOENT);
    }
  }

  private static byte[] bytes(PointerByReference buffer, LongByReference length) {
    @Nullable Pointer pointer = buffer.getValue();
    return pointer == null ? new byte[0] : pointer.getByteArray(0, (int) length.getValue());
  }

  /**
   * Shuts a client out: nothing that it still tries changes anything once this has returned.
   *
   * @param address the client's address, as watchers and lockers name it
   * @param duration for how long, in whole seconds rounded up
   * @throws CephException with {@code EACCES} when the user may not, which takes the caps {@code
   *     profile rbd}
   */
  public void blocklist(String address, Duration duration) throws CephException {
    Names.check("address", address);
    int seconds =
        (int) Math.min(Integer.MAX_VALUE, Math.max(1, duration.plusNanos(999_999_999).toSeconds()));
    call(
        () -> {
          Librados rados = CephLibraries.rados();
          check(
              rados.rados_blocklist_add(pointer(), address, seconds), "blocklist client", address);
          // An OSD refuses the client from the epoch on that our next operation tells it.
          return check(rados.rados_wait_for_latest_osdmap(pointer()), "blocklist client", address);
        });
  }

  /**
   * Opens a pool.
   *
   * @param pool the pool's name
   * @param namespace the namespace in it; empty for the default one. It is not looked for here:
   *     {@link CephPool#namespaceExists}
   * @throws CephException with {@code ENOENT} when there is no such pool
   */
  public CephPool pool(String pool, String namespace) throws CephException {
    Names.check("pool", pool);
    Names.check("namespace", namespace);
    return call(
        () -> {
          // As rados-java's ioCtxCreate, which gives names in the JVM's own charset.
          Memory pointer = new Memory(Native.POINTER_SIZE);
          Librados rados = CephLibraries.rados();
          check(rados.rados_ioctx_create(pointer(), pool, pointer), OPEN_POOL, pool);
          IoCTX context = new IoCTX(pointer);
          rados.rados_ioctx_set_namespace(context.getPointer(), namespace);
          // Else whatever writes to a full pool waits for space, even what removes.
          rados.rados_set_pool_full_try(context.getPointer());
          return adopt(new CephPool(this, context, pool, namespace));
        });
  }

  /** Returns the name of a pool; inside a call on this handle, or on one below it. */
  Optional<String> poolName(long id) throws CephException {
    byte[] poolName = new byte[4096];
    int result =
        CephLibraries.rados().rados_pool_reverse_lookup(pointer(), id, poolName, poolName.length);
    if (result == -Errno.ENOENT) {
      return Optional.empty();
    }
    check(result, "ask for the name of pool", Long.toString(id));
    return Optional.of(Names.first(poolName));
  }

  @Override
  void release() {
    try {
      connection.shutDown();
    } finally {
      OPEN.remove(this);
    }
  }
}
