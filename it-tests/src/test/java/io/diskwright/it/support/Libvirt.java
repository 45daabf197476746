package io.diskwright.it.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A libvirtd of its own, as {@code it-tests/env} makes it. */
public final class Libvirt implements AutoCloseable {
  private static final Path ENV = Path.of("env").toAbsolutePath();

  private final Path folder;

  private Libvirt(Path folder) {
    this.folder = folder;
  }

  /** Starts one. */
  public static Libvirt up() throws Exception {
    // Not longer: the names of sockets are short.
    Libvirt libvirt = new Libvirt(Files.createTempDirectory("libvirt"));
    libvirt.env("up");
    return libvirt;
  }

  private void env(String action) throws Exception {
    Tools.Result result =
        Tools.run(
            new ProcessBuilder(List.of(ENV.toString(), "libvirt", action, folder.toString())));
    if (result.status() != 0) {
      throw new AssertionError("it-tests/env libvirt %s: %s".formatted(action, result));
    }
  }

  /** Runs {@code virsh}, whatever its exit status will be. */
  public Tools.Result tryVirsh(Object... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(Tools.require("virsh").toString(), "-q", "-c"));
    command.add(Files.readString(folder.resolve("uri")).strip());
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    return Tools.run(new ProcessBuilder(command));
  }

  /** Runs {@code virsh}, which must succeed; returns what it printed. */
  public String virsh(Object... arguments) throws Exception {
    Tools.Result result = tryVirsh(arguments);
    if (result.status() != 0) {
      throw new AssertionError("virsh %s: %s".formatted(Arrays.toString(arguments), result));
    }
    return result.output().strip();
  }

  /** Has libvirt keep a secret for Ceph: the key that a file holds in base64. */
  public void defineSecret(String uuid, String usage, Path key) throws Exception {
    Path xml = folder.resolve("secret.xml");
    Files.writeString(
        xml,
        "<secret ephemeral='yes' private='yes'><uuid>%s</uuid><usage type='ceph'><name>%s</name></usage></secret>"
            .formatted(uuid, usage),
        UTF_8);
    virsh("secret-define", xml);
    Files.delete(xml);
    virsh("secret-set-value", uuid, "--file", key);
  }

  /** Returns the end of what a machine's QEMU said. */
  public String log(String domain) throws IOException {
    return Files.readString(folder.resolve("cache/libvirt/qemu/log/" + domain + ".log"));
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
