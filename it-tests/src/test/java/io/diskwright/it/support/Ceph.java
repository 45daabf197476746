package io.diskwright.it.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A Ceph cluster of one host, as {@code it-tests/env} makes it. */
public final class Ceph implements AutoCloseable {
  private static final Path ENV = Path.of("env").toAbsolutePath();

  private final Path folder;

  private Ceph(Path folder) {
    this.folder = folder;
  }

  /** Starts one; its monitor takes changes faster than Ceph has it, for the tests' sake. */
  public static Ceph up() throws Exception {
    Ceph ceph = new Ceph(Files.createTempDirectory("diskwright-ceph"));
    ceph.env("up");
    return ceph;
  }

  private void env(String action) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(List.of(ENV.toString(), "ceph", action, folder.toString()));
    builder.environment().putIfAbsent("CEPH_PROPOSE_INTERVAL", "0.05");
    Tools.Result result = Tools.run(builder);
    if (result.status() != 0) {
      throw new AssertionError("it-tests/env ceph %s: %s".formatted(action, result));
    }
  }

  /** Returns the configuration with a pool {@code default} there, of the limited client. */
  public Path yaml() {
    return folder.resolve("diskwright.yaml");
  }

  /** Returns Ceph's configuration file. */
  public Path conf() {
    return folder.resolve("ceph.conf");
  }

  /** Returns the keyring file of a client, {@code diskwright} or {@code admin}. */
  public Path keyring(String user) {
    return folder.resolve("ceph.client." + user + ".keyring");
  }

  /** Returns where a client's keyring file may be put. */
  public Path folder() {
    return folder;
  }

  /** Runs {@code ceph} as administrator, which must succeed; returns what it printed. */
  public String ceph(Object... arguments) throws Exception {
    return tool("ceph", arguments);
  }

  /** Runs {@code rbd} as administrator, which must succeed; returns what it printed. */
  public String rbd(Object... arguments) throws Exception {
    return tool("rbd", arguments);
  }

  /** Runs {@code rados} as administrator, which must succeed; returns what it printed. */
  public String rados(Object... arguments) throws Exception {
    return tool("rados", arguments);
  }

  private String tool(String program, Object... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(Tools.require(program).toString()));
    command.addAll(List.of("--conf", conf().toString(), "--id", "admin"));
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    ProcessBuilder builder = new ProcessBuilder(command);
    // Without it, librbd makes no images of the old format any more.
    builder.environment().put("RBD_FORCE_ALLOW_V1", "1");
    Tools.Result result = Tools.run(builder);
    if (result.status() != 0) {
      throw new AssertionError("%s: %s".formatted(command, result));
    }
    return result.output().strip();
  }

  /** A daemon that stands still until this is closed. */
  public static final class Frozen implements AutoCloseable {
    private final String pid;

    private Frozen(String pid) {
      this.pid = pid;
    }

    @Override
    public void close() {
      try {
        Tools.run("kill", "-CONT", pid);
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  /** Has the OSD stand still. */
  public Frozen freezeOsd() throws Exception {
    return freeze("osd.0");
  }

  /** Has the monitor stand still. */
  public Frozen freezeMonitor() throws Exception {
    return freeze("mon.a");
  }

  /** Has the manager stand still. */
  public Frozen freezeManager() throws Exception {
    return freeze("mgr.x");
  }

  private Frozen freeze(String daemon) throws Exception {
    String pid = Files.readString(folder.resolve("run/" + daemon + ".pid")).strip();
    Tools.run("kill", "-STOP", pid);
    return new Frozen(pid);
  }

  @Override
  public void close() throws IOException {
    try {
      env("down");
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
    Files.deleteIfExists(folder);
  }
}
