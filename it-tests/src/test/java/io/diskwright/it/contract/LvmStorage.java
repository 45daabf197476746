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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A thin pool of its own in a volume group of the guest's. */
final class LvmStorage implements ContractFixture {
  /** The extents of the groups in which {@link #in} makes thin pools, in bytes. */
  static final int EXTENT = 1 << 20;

  private static final AtomicInteger COUNT = new AtomicInteger();

  /**
   * One thin pool serves one test after the other, with nothing in it but the pool's marker: to
   * make one takes lvm2 as long as a test. Whoever wants a second at the same time gets a new one.
   */
  private static final AtomicBoolean SHARED_IS_TAKEN = new AtomicBoolean();

  private static final String SHARED = "shared";

  private final String group;
  private final String thinPool;
  private final Path folder;

  private LvmStorage(String group, String thinPool, Path folder) {
    this.group = group;
    this.thinPool = thinPool;
    this.folder = folder;
  }

  /** Makes what {@link #in} needs in a group. */
  static void prepare(String group) throws IOException {
    makeThinPool(group, SHARED);
  }

  private static void makeThinPool(String group, String name) throws IOException {
    String unused =
        Tools.run("lvm", "lvcreate", "--type", "thin-pool", "-L", "256M", "-n", name, group);
  }

  /** Takes a thin pool. */
  static LvmStorage in(String group) throws IOException {
    String thinPool = SHARED;
    if (SHARED_IS_TAKEN.getAndSet(true)) {
      thinPool = "tp" + COUNT.incrementAndGet();
      makeThinPool(group, thinPool);
    }
    return new LvmStorage(group, thinPool, Files.createTempDirectory("lvm ,'"));
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
        Map.of("volume-group", group, "thin-pool", thinPool, "path", folder.toString()),
        keepFree);
  }

  @Override
  public GuestDisk attach(Attachment disk) throws IOException {
    return DeviceMachine.start(disk);
  }

  /** Volumes that belong to nothing, and what the folder knows of attempts. */
  @Override
  public List<String> strays() throws IOException {
    return Lvm2.strays(group, thinPool, folder);
  }

  /** Removes the thin pool, or leaves it as the next test wants it. */
  @Override
  public void close() throws IOException {
    boolean shared = thinPool.equals(SHARED);
    String field = shared ? "pool_lv" : "lv_name";
    String unused = Tools.run("lvm", "lvremove", "-f", "-S", field + '=' + thinPool, group);
    if (shared) {
      SHARED_IS_TAKEN.set(false);
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
