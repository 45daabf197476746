package io.diskwright.it.contract;

import io.diskwright.contract.ContractFixture;
import io.diskwright.contract.GuestDisk;
import io.diskwright.it.lvm.Lvm2;
import io.diskwright.spi.backend.Attachment;
import io.diskwright.spi.backend.Extraction;
import io.diskwright.spi.backend.Facet;
import io.diskwright.spi.backend.Flattening;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.PoolUsage;
import io.diskwright.spi.backend.Preallocation;
import io.diskwright.spi.backend.Snapshots;
import io.diskwright.spi.call.Call;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** A volume group of the guest's, with a thin pool or without. */
final class LvmStorage implements ContractFixture {
  private static final int EXTENT = 1 << 20;

  /**
   * One group serves one test after the other, with nothing in it but its thin pool and the pool's
   * marker: to make one takes lvm2 as long as a test. Whoever wants a second at the same time gets
   * {@link #FRESH}, made anew.
   */
  private static final String SHARED = "contract";

  private static final String FRESH = "contract-fresh";
  private static final AtomicBoolean SHARED_IS_TAKEN = new AtomicBoolean();

  private final String group;
  private final Kind kind;
  private final Path folder;

  /** What pools are made in. */
  enum Kind {
    THIN("tp"),

    /** Volumes are not wiped, so that those that come later find something on their extents. */
    LINEAR(Lvm2.NO_THIN_POOL),

    WIPED(Lvm2.NO_THIN_POOL);

    private final String thinPool;

    Kind(String thinPool) {
      this.thinPool = thinPool;
    }

    private Map<String, String> settings() {
      return switch (this) {
        case THIN -> Map.of("thin-pool", thinPool);
        case LINEAR -> Map.of("wipe", "none");
        case WIPED -> Map.of();
      };
    }

    private Set<Class<? extends Facet>> facets() {
      return this == THIN
          ? Set.of(Snapshots.class, Extraction.class, Flattening.class)
          : Set.of(Extraction.class, Flattening.class, Preallocation.class);
    }

    /** Makes what {@link LvmStorage#take} needs. */
    void prepare() throws IOException {
      makeGroup(SHARED, 1);
    }

    /** Removes what {@link #prepare} has made. */
    void clear() throws IOException {
      removeGroup(SHARED);
    }

    private void makeGroup(String name, int disk) throws IOException {
      String device = System.getenv("LVM_DISKS").split(" ", -1)[disk];
      String unused = Lvm2.run("vgcreate", "-s", EXTENT + "b", name, device);
      if (thinPool.equals(Lvm2.NO_THIN_POOL)) {
        Lvm2.leaveData(name, "64M");
      } else {
        unused = Lvm2.run("lvcreate", "--type", "thin-pool", "-L", "256M", "-n", thinPool, name);
      }
    }

    private static void removeGroup(String name) throws IOException {
      String unused = Lvm2.run("vgremove", "-ff", "-y", name);
    }
  }

  private LvmStorage(String group, Kind kind, Path folder) {
    this.group = group;
    this.kind = kind;
    this.folder = folder;
  }

  /** Takes a group. */
  static LvmStorage take(Kind kind) throws IOException {
    String group = SHARED;
    if (SHARED_IS_TAKEN.getAndSet(true)) {
      group = FRESH;
      kind.makeGroup(group, 0);
    }
    return new LvmStorage(group, kind, Files.createTempDirectory("lvm ,'"));
  }

  @Override
  public Set<Class<? extends Facet>> facets() {
    return kind.facets();
  }

  /** Without a thin pool bases are in the folder. */
  @Override
  public PoolUsage baseSpace(ImageBackend pool, Call call) throws IOException {
    if (kind == Kind.THIN) {
      return pool.usage(call);
    }
    FileStore store = Files.getFileStore(folder);
    return new PoolUsage(store.getTotalSpace(), store.getUsableSpace());
  }

  @Override
  public boolean thin() {
    return kind == Kind.THIN;
  }

  @Override
  public int sizeUnit() {
    return EXTENT;
  }

  /** Each call of lvm2 takes a third of a second in the guest. */
  @Override
  public int rounds(int most) {
    return 1;
  }

  @Override
  public int many(int most) {
    return Math.min(most, 3);
  }

  @Override
  public ImageBackend open(long keepFree) throws IOException {
    Map<String, String> settings = new HashMap<>(kind.settings());
    settings.put("volume-group", group);
    settings.put("path", folder.toString());
    return ContractPool.open("lvm", settings, keepFree);
  }

  @Override
  public GuestDisk attach(Attachment disk) throws IOException {
    return DeviceMachine.start(disk);
  }

  /** Volumes that belong to nothing, and what the folder knows of attempts. */
  @Override
  public List<String> strays() throws IOException {
    return Lvm2.strays(group, kind.thinPool, folder);
  }

  /** Removes the group, or leaves it as the next test wants it. */
  @Override
  public void close() throws IOException {
    if (group.equals(FRESH)) {
      Kind.removeGroup(FRESH);
    } else {
      String unused = Lvm2.run("lvremove", "-f", "-S", "lv_name=~^dw.", group);
      SHARED_IS_TAKEN.set(false);
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
