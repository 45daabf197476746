package io.diskwright.it.survive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.backend.rbd.ceph.CephAccess;
import io.diskwright.backend.rbd.ceph.CephCluster;
import io.diskwright.backend.rbd.ceph.CephPool;
import io.diskwright.backend.rbd.ceph.ImageName;
import io.diskwright.backend.rbd.ceph.Namespaces;
import io.diskwright.backend.rbd.ceph.RbdImage;
import io.diskwright.backend.rbd.ceph.RbdParent;
import io.diskwright.backend.rbd.ceph.TrashEntry;
import io.diskwright.core.provision.Disk;
import io.diskwright.it.support.Ceph;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.toolkit.record.RecordText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** A namespace of a cluster, with a pool in it. */
final class PoolOnCeph implements Storage {
  private static final String POOL = "vms";
  private static final String INDEX = "diskwright.index";
  private static final String STORAGE_ID = "storage-id";
  private static final Set<String> RBD_OBJECTS =
      Set.of("rbd_directory", "rbd_info", "rbd_children", "rbd_trash");
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Who died watches its images for half a minute. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final CephCluster cluster;
  private final CephPool pool;

  private PoolOnCeph(CephCluster cluster, CephPool pool) {
    this.cluster = cluster;
    this.pool = pool;
  }

  /**
   * Makes a namespace, and writes the configuration of a pool there, with further keys, in a fresh
   * folder; returns that folder.
   */
  static Path make(Ceph ceph, Path parent, String... keys) throws IOException {
    Path home = Files.createTempDirectory(parent, "survive-rbd");
    String namespace = "survive-" + UUID.randomUUID();
    try (CephCluster cluster = connect(ceph.conf())) {
      Namespaces.create(cluster.pool(POOL, ""), namespace);
    }
    Files.write(place(home), List.of(ceph.conf().toString(), namespace));
    Files.writeString(
        TestPool.config(home),
        """
        default-pool: p
        pools:
          p: {backend: rbd, pool: %s, namespace: %s, ceph-conf: '%s', user: diskwright, %s}
        """
            .formatted(POOL, namespace, ceph.conf(), String.join(", ", keys)));
    return home;
  }

  private static Path place(Path home) {
    return home.resolve("namespace");
  }

  /** Returns whether a folder's pool is on Ceph. */
  static boolean isIn(Path home) {
    return Files.exists(place(home));
  }

  /** Opens what {@link #make} has made. */
  static PoolOnCeph open(Path home) throws IOException {
    List<String> place = Files.readAllLines(place(home));
    CephCluster cluster = connect(Path.of(place.get(0)));
    return new PoolOnCeph(cluster, cluster.pool(POOL, place.get(1)));
  }

  private static CephCluster connect(Path conf) throws IOException {
    Map<String, String> options = Map.of("rbd_cache", "false");
    return CephCluster.connect(
        new CephAccess(Optional.of(conf), "diskwright", Optional.empty(), TIMEOUT, options));
  }

  /** Returns the namespace that a folder's pool is in. */
  static String namespace(Path home) throws IOException {
    return Files.readAllLines(place(home)).get(1);
  }

  CephPool pool() {
    return pool;
  }

  private byte[] bytes(String storageId) throws IOException {
    try (RbdImage image = pool.openById(id(storageId), true)) {
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(image.size()));
      int unused = image.read(0, bytes);
      return bytes.array();
    }
  }

  private static String id(String storageId) {
    return storageId.substring(storageId.lastIndexOf('#') + 1);
  }

  @Override
  public byte[] bytes(Disk disk) throws IOException {
    return bytes(disk.record().storageId());
  }

  @Override
  public void write(Disk disk, long offset, byte value, int length) throws IOException {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, value);
    try (RbdImage image = pool.openById(id(disk.record().storageId()), false)) {
      image.write(offset, ByteBuffer.wrap(bytes));
    }
  }

  /** Returns whether a disk depends on no base any more. */
  boolean isFlat(Disk disk) throws IOException {
    try (RbdImage image = pool.openById(id(disk.record().storageId()), true)) {
      return image.parent().isEmpty();
    }
  }

  @Override
  public byte[] bytes(BaseRecord base) throws IOException {
    return bytes(base.storageId());
  }

  @Override
  public List<String> damage(Disk disk) {
    return List.of();
  }

  /**
   * Images that no record names, what is in the trash for nobody, what is being made or to go, and
   * sessions, also those of pools that others have open.
   */
  @Override
  public List<String> strays() throws IOException {
    Map<String, String> index = index();
    Set<String> named = named(index);
    Set<String> images = new HashSet<>();
    Set<String> parents = new HashSet<>();
    for (ImageName image : pool.images()) {
      images.add(image.name() + '#' + image.id());
      parent(image).ifPresent(parents::add);
    }
    assertThat(images).as("images that records name").containsAll(named);
    images.removeAll(named);
    List<String> strays = new ArrayList<>(images);
    Set<String> retired = new HashSet<>();
    for (TrashEntry entry : pool.trash().entries()) {
      if (parents.contains(entry.id())) {
        retired.add("gone/" + entry.name());
      } else {
        strays.add("trash: " + entry);
      }
    }
    index.keySet().stream()
        .filter(key -> key.matches("(attempt|gone|session)/.*") && !retired.contains(key))
        .filter(key -> !isOurs(index.get(key)))
        .forEach(strays::add);
    return strays;
  }

  /** Who recovers has a session meanwhile. */
  private static boolean isOurs(String session) {
    return session.contains("\nprocess=%d\n".formatted(ProcessHandle.current().pid()));
  }

  private Map<String, String> index() throws IOException {
    Map<String, String> index = new TreeMap<>();
    pool.listOmap(INDEX, "")
        .ifPresent(omap -> omap.forEach((key, value) -> index.put(key, new String(value, UTF_8))));
    return index;
  }

  private static Set<String> named(Map<String, String> index) {
    Set<String> named = new HashSet<>();
    index.forEach(
        (key, value) -> {
          if (key.matches("(disk|base)/.*")) {
            named.add(RecordText.parse(value).get(STORAGE_ID));
          }
        });
    return named;
  }

  /** One whose removal has begun cannot be opened. */
  private Optional<String> parent(ImageName image) throws IOException {
    try (RbdImage open = pool.openById(image.id(), true)) {
      return open.parent().map(RbdParent::imageId);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * An object of the cluster.
   *
   * @param namespace the namespace that it is in
   * @param name its name
   */
  record StoredObject(String namespace, String name) {}

  /** Returns all objects of the Ceph pool that namespaces are in. */
  static List<StoredObject> objects(Ceph ceph) throws IOException {
    try {
      return ceph.rados("-p", POOL, "ls", "--all")
          .lines()
          .map(line -> line.split("\t", 2))
          .filter(parts -> parts.length == 2)
          .map(parts -> new StoredObject(parts[0], parts[1]))
          .toList();
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  /** Returns those objects that are of no image; locks may leave theirs. */
  List<String> strays(List<String> objects) throws IOException {
    Set<String> known = new HashSet<>(RBD_OBJECTS);
    known.add(INDEX);
    Set<String> ids = new HashSet<>();
    for (ImageName image : pool.images()) {
      known.add("rbd_id." + image.name());
      ids.add(image.id());
    }
    pool.trash().entries().forEach(entry -> ids.add(entry.id()));
    return objects.stream()
        .filter(object -> !known.contains(object) && !object.startsWith("diskwright.lock."))
        .filter(object -> Arrays.stream(object.split("\\.", -1)).noneMatch(ids::contains))
        .toList();
  }

  @Override
  public Duration patience() {
    return PATIENCE;
  }

  @Override
  public void close() throws IOException {
    cluster.close();
  }
}
