package io.diskwright.it.ceph;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.Program;
import io.diskwright.it.support.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** A pool of the program's in a namespace of its own, looked at with Ceph's own tools. */
final class CephNamespace {
  private static final String POOL = "vms";
  private static final String INDEX = "diskwright.index";

  private final Ceph ceph;
  private final String namespace = "test-" + UUID.randomUUID();
  private final Path home;

  private CephNamespace(Ceph ceph, Path home) {
    this.ceph = ceph;
    this.home = home;
  }

  static CephNamespace make(Ceph ceph, Path home) throws Exception {
    CephNamespace pool = new CephNamespace(ceph, home);
    ceph.rbd("namespace", "create", POOL + '/' + pool.namespace);
    return pool;
  }

  /** Returns the program with this pool as its only one. */
  Program program(String... keys) throws Exception {
    return programOf("diskwright", keys);
  }

  /** Returns the same, run as another user of Ceph's. */
  Program programOf(String user, String... keys) throws Exception {
    Path own = Files.createTempDirectory(home, "home");
    return new Program(own).configured(yaml(user, keys).split("\n", -1));
  }

  /** Returns a configuration with this pool as its only one. */
  String yaml(String user, String... keys) {
    String more = keys.length == 0 ? "" : ", " + String.join(", ", keys);
    return """
        default-pool: cluster
        pools:
          cluster: {backend: rbd, pool: %s, namespace: %s, ceph-conf: '%s', user: %s%s}
        """
        .formatted(POOL, namespace, ceph.conf(), user, more);
  }

  /** Makes a user with some caps, and returns the program that is run as that user. */
  Program programWithCaps(List<String> caps, String... keys) throws Exception {
    String user = "user-" + UUID.randomUUID();
    List<String> command = new ArrayList<>(List.of("auth", "get-or-create", "client." + user));
    command.addAll(caps);
    Path keyring = home.resolve(user + ".keyring");
    Files.writeString(keyring, ceph.ceph(command.toArray()) + '\n');
    List<String> more = new ArrayList<>(List.of(keys));
    more.add("keyring: '" + keyring + "'");
    return programOf(user, more.toArray(String[]::new));
  }

  /** Returns the name of this namespace, as Ceph's tools take it. */
  String path() {
    return POOL + '/' + namespace;
  }

  /** Returns the name of this namespace. */
  String name() {
    return namespace;
  }

  /** Returns the names of all images, whatever the index says. */
  List<String> images() throws Exception {
    return ceph.rbd("ls", path()).lines().toList();
  }

  /** Returns a disk's image, as Ceph's tools take it. */
  String imageOf(String disk) throws Exception {
    return path()
        + '/'
        + images().stream().filter(name -> name.startsWith(disk + '.')).findFirst().orElseThrow();
  }

  /** Fails when something is being made or to go, or there are images that no record names. */
  void assertNothingHalfMade(String... foreign) throws Exception {
    assertThat(keys("attempt/")).isEmpty();
    assertThat(keys("gone/")).isEmpty();
    assertThat(images()).hasSize(keys("base/").size() + keys("disk/").size() + foreign.length);
    assertThat(images()).containsAll(List.of(foreign));
    assertThat(ceph.rbd("trash", "ls", path())).isEmpty();
  }

  /** Returns the values of the index, of which the tool prints 16 bytes in a line. */
  String values() throws Exception {
    return ceph.rados("-p", POOL, "-N", namespace, "listomapvals", INDEX)
        .lines()
        .filter(line -> line.endsWith("|"))
        .map(line -> line.substring(line.indexOf('|') + 1, line.length() - 1))
        .collect(Collectors.joining());
  }

  /** Gives a key of the index another value. */
  void setKey(String key, String value) throws Exception {
    String unused = ceph.rados("-p", POOL, "-N", namespace, "setomapval", INDEX, key, value);
  }

  /** Returns the keys of the index that begin so. */
  List<String> keys(String prefix) throws Exception {
    return ceph.rados("-p", POOL, "-N", namespace, "listomapkeys", INDEX)
        .lines()
        .filter(key -> key.startsWith(prefix))
        .toList();
  }

  /** Removes a key of the index. */
  void removeKey(String key) throws Exception {
    String unused = ceph.rados("-p", POOL, "-N", namespace, "rmomapkey", INDEX, key);
  }

  /** Fails unless a disk reads as a raw file, followed by zeros. */
  void assertReads(String disk, Path raw) throws Exception {
    assertReadsPath(imageOf(disk), raw);
  }

  /** Fails unless an image reads as a raw file, followed by zeros. */
  void assertReadsImage(String image, Path raw) throws Exception {
    assertReadsPath(path() + '/' + image, raw);
  }

  private void assertReadsPath(String image, Path raw) throws Exception {
    Path exported = Files.createTempDirectory(home, "export").resolve("disk.raw");
    ceph.rbd("export", "--no-progress", image, exported);
    Tools.assertSame(exported, "raw", raw, "raw");
  }
}
