package io.diskwright.it.contract;

import io.diskwright.backend.rbd.ceph.CephAccess;
import io.diskwright.backend.rbd.ceph.CephCluster;
import io.diskwright.backend.rbd.ceph.CephPool;
import io.diskwright.backend.rbd.ceph.RbdImage;
import io.diskwright.contract.ContractFixture;
import io.diskwright.contract.GuestDisk;
import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.backend.Attachment;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.Extraction;
import io.diskwright.spi.backend.Facet;
import io.diskwright.spi.backend.Flattening;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.LocationCloning;
import io.diskwright.spi.backend.Snapshots;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A namespace of its own in a pool of a real cluster. */
final class RbdStorage implements ContractFixture {
  private static final String POOL = "vms";
  private static final String INDEX = "diskwright.index";
  private static final Pattern DUMP = Pattern.compile("[0-9a-f]{8}  ((?:[0-9a-f]{2} +)+)\\|.*");

  private final Ceph ceph;
  private final String namespace = "test-" + UUID.randomUUID();
  private final Map<String, String> options = new TreeMap<>();

  private RbdStorage(Ceph ceph) {
    this.ceph = ceph;
  }

  static RbdStorage in(Ceph ceph) throws IOException {
    RbdStorage storage = new RbdStorage(ceph);
    storage.rbd("namespace", "create", POOL + '/' + storage.namespace);
    return storage;
  }

  RbdStorage with(String option, String value) {
    options.put(option, value);
    return this;
  }

  /** Connects to the cluster as the pool does. */
  CephCluster connect() throws IOException {
    return CephCluster.connect(
        new CephAccess(
            Optional.of(ceph.conf()),
            "diskwright",
            Optional.empty(),
            Duration.ofSeconds(30),
            Map.of("rbd_cache", "false")));
  }

  /** Returns the namespace as one who is connected sees it. */
  CephPool images(CephCluster cluster) throws IOException {
    return cluster.pool(POOL, namespace);
  }

  /** Returns the id of the image that a record names. */
  static String imageId(String storageId) {
    return storageId.substring(storageId.lastIndexOf('#') + 1);
  }

  /** Returns what a disk reads as. */
  static byte[] read(CephPool images, DiskRecord disk) throws IOException {
    try (RbdImage image = images.openById(imageId(disk.storageId()), true)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) image.size());
      int unused = image.read(0, bytes);
      return bytes.array();
    }
  }

  /**
   * Has a parent forget a clone, as librbd does when it flattens that: {@code child_detach} of
   * cls_rbd.cc takes the snapshot's id, and a structure of pool, image and namespace.
   */
  void forgetChild(String parentId, String childId) throws Exception {
    String forget =
        """
        import rados, rbd, struct, sys
        conf, pool, namespace, parent, child = sys.argv[1:]
        text = lambda value: struct.pack('<I', len(value)) + value.encode()
        with rados.Rados(conffile=conf, rados_id='admin') as cluster:
            with cluster.open_ioctx(pool) as images:
                images.set_namespace(namespace)
                with rbd.Image(images, image_id=parent, read_only=True) as image:
                    snapshot = list(image.list_snaps())[0]['id']
                spec = struct.pack('<q', cluster.pool_lookup(pool)) + text(child) + text(namespace)
                spec = struct.pack('<BBI', 2, 1, len(spec)) + spec
                images.execute('rbd_header.' + parent, 'rbd', 'child_detach',
                               struct.pack('<Q', snapshot) + spec)
        """;
    String unused =
        Tools.run(
            "env",
            "PATH=/usr/bin", // Debian's Python, which has Ceph's packages
            "python3",
            "-c",
            forget,
            ceph.conf(),
            POOL,
            namespace,
            parentId,
            childId);
  }

  private String rbd(Object... arguments) throws IOException {
    try {
      return ceph.rbd(arguments);
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  @Override
  public ImageBackend open(long keepFree) throws IOException {
    Map<String, String> values =
        new TreeMap<>(
            Map.of(
                "pool",
                POOL,
                "namespace",
                namespace,
                "ceph-conf",
                ceph.conf().toString(),
                "user",
                "diskwright",
                "in-use-wait",
                "0s"));
    values.putAll(options);
    return ContractPool.open("rbd", values, keepFree);
  }

  @Override
  public GuestDisk attach(Attachment disk) throws IOException {
    return QemuMachine.start(disk);
  }

  @Override
  public Set<Class<? extends Facet>> facets() {
    return Set.of(Flattening.class, Snapshots.class, Extraction.class, LocationCloning.class);
  }

  /**
   * Images that no record names, what is in the trash for nobody, and what is being made or to go.
   * The session of a pool that is open, and the locks of bases, stay with the pool and with the
   * bases.
   */
  @Override
  public List<String> strays() throws IOException {
    String index = indexText();
    String where = POOL + '/' + namespace;
    List<String> strays = new ArrayList<>();
    rbd("ls", where).lines().filter(image -> !index.contains(image)).forEach(strays::add);
    rados("listomapkeys", INDEX)
        .lines()
        .filter(key -> key.matches("(attempt|gone)/.*"))
        .forEach(strays::add);
    for (String line : rbd("trash", "ls", where).lines().toList()) {
      String[] idAndName = line.split(" ", 2);
      if (!parents(where).contains(idAndName[0])) {
        strays.add(line);
      } else { // a base that was let go, and that disks live on
        strays.remove("gone/" + idAndName[1]);
      }
    }
    return strays;
  }

  /** Returns the names of all objects. */
  List<String> objects() throws IOException {
    return rados("ls").lines().toList();
  }

  private String parents(String where) throws IOException {
    StringBuilder parents = new StringBuilder();
    for (String image : rbd("ls", where).lines().toList()) {
      parents.append(rbd("info", where + '/' + image));
    }
    return parents.toString();
  }

  /** The tool prints values as numbers and letters, beside each other. */
  String indexText() throws IOException {
    StringBuilder text = new StringBuilder();
    for (String line : rados("listomapvals", INDEX).lines().toList()) {
      Matcher dump = DUMP.matcher(line);
      if (dump.matches()) {
        for (String number : dump.group(1).trim().split(" +", -1)) {
          text.append((char) Integer.parseInt(number, 16));
        }
      }
    }
    return text.toString();
  }

  private String rados(Object... arguments) throws IOException {
    List<Object> all = new ArrayList<>(List.of("-p", POOL, "-N", namespace));
    all.addAll(List.of(arguments));
    try {
      return ceph.rados(all.toArray());
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  /** The cluster goes with the last test, and the namespace with it. */
  @Override
  public void close() {}
}
