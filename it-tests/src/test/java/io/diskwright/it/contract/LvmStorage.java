package io.diskwright.it.contract;

import io.diskwright.contract.ContractFixture;
import io.diskwright.contract.GuestDisk;
import io.diskwright.it.lvm.Lvm2;
import io.diskwright.spi.backend.Attachment;
import io.diskwright.spi.backend.Extraction;
import io.diskwright.spi.backend.Facet;
import io.diskwright.spi.backend.Flattening;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.Snapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** A thin pool in a volume group of the guest's. */
final class LvmStorage implements ContractFixture {
  private static final int EXTENT = 1 << 20;
  private static final String THIN_POOL = "tp";

  /**
   * One group serves one test after the other, with nothing in its thin pool but the pool's marker:
   * to make one takes lvm2 as long as a test. Whoever wants a second at the same time gets {@link
   * #FRESH}, made anew.
   */
  private static final String SHARED = "contract";

  private static final String FRESH = "contract-fresh";
  private static final AtomicBoolean SHARED_IS_TAKEN = new AtomicBoolean();

  private final String group;
  private final Path folder;

  private LvmStorage(String group, Path folder) {
    this.group = group;
    this.folder = folder;
  }

  /** Makes what {@link #take} needs. */
  static void prepare() throws IOException {
    makeGroup(SHARED, 1);
  }

  /** Removes what {@link #prepare} has made. */
  static void clear() throws IOException {
    removeGroup(SHARED);
  }

  private static void makeGroup(String name, int disk) throws IOException {
    String device = System.getenv("LVM_DISKS").split(" ", -1)[disk];
    String unused = Tools.run("lvm", "vgcreate", "-s", EXTENT + "b", name, device);
    unused =
        Tools.run("lvm", "lvcreate", "--type", "thin-pool", "-L", "256M", "-n", THIN_POOL, name);
  }

  private static void removeGroup(String name) throws IOException {
    String unused = Tools.run("lvm", "vgremove", "-ff", "-y", name);
  }

  /** Takes a group. */
  static LvmStorage take() throws IOException {
    String group = SHARED;
    if (SHARED_IS_TAKEN.getAndSet(true)) {
      group = FRESH;
      makeGroup(group, 0);
    }
    return new LvmStorage(group, Files.createTempDirectory("lvm ,'"));
  }

  @Override
  public Set<Class<? extends Facet>> facets() {
    return Set.of(Snapshots.class, Extraction.class, Flattening.class);
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
    return ContractPool.open(
        "lvm",
        Map.of("volume-group", group, "thin-pool", THIN_POOL, "path", folder.toString()),
        keepFree);
  }

  @Override
  public GuestDisk attach(Attachment disk) throws IOException {
    return DeviceMachine.start(disk);
  }

  /** Volumes that belong to nothing, and what the folder knows of attempts. */
  @Override
  public List<String> strays() throws IOException {
    return Lvm2.strays(group, THIN_POOL, folder);
  }

  /** Removes the group, or leaves it as the next test wants it. */
  @Override
  public void close() throws IOException {
    if (group.equals(FRESH)) {
      removeGroup(FRESH);
    } else {
      String unused = Tools.run("lvm", "lvremove", "-f", "-S", "pool_lv=" + THIN_POOL, group);
      SHARED_IS_TAKEN.set(false);
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
