package io.diskwright.it.bench;

import static java.util.Objects.requireNonNull;

import io.diskwright.backend.rbd.ceph.CephAccess;
import io.diskwright.backend.rbd.ceph.CephCluster;
import io.diskwright.backend.rbd.ceph.CephPool;
import io.diskwright.backend.rbd.ceph.ImageOptions;
import io.diskwright.backend.rbd.ceph.ObjectWrite;
import io.diskwright.backend.rbd.ceph.RbdImage;
import io.diskwright.backend.rbd.ceph.RbdProgress;
import io.diskwright.it.bench.Row.Timed;
import io.diskwright.spi.image.ImageRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Bases and disks on a cluster of one host, beside the same calls made bare, and Ceph's tools. */
final class CephPools {
  private static final long MIB = 1024L * 1024;
  private static final long GIB = 1024 * MIB;
  private static final long DISK_SIZE = 20 * GIB;
  private static final String POOL = "vms";
  private static final String CONVERT = "qemu-img convert -m 16 -W -n into the pool";
  private static final int AT_ONCE = 16;
  private static final int WARM_UP = 300;
  private static final long LARGE = 4 * GIB;
  private static final int ROUNDS = 5;
  private static final int LARGE_ROUNDS = 3;

  private final Path ext4;
  private final Path cluster;
  private final Table table;

  CephPools(Path ext4, Path cluster, Table table) {
    this.ext4 = ext4;
    this.cluster = cluster;
    this.table = table;
  }

  void measure() throws Exception {
    Path folder = Files.createTempDirectory(ext4, "ceph");
    Path raw = Images.raw(folder.resolve("image.raw"), GIB);
    try (Library library = Library.onCeph(folder, cluster, POOL);
        CephCluster bare = CephCluster.connect(access());
        CephPool pool = bare.pool(POOL, "")) {
      warm(library, pool, raw);
      cold(library, folder, raw);
      coldAndLarge(library, folder);
    }
  }

  private CephAccess access() {
    return new CephAccess(
        Optional.of(cluster.resolve("ceph.conf")),
        "diskwright",
        Optional.empty(),
        Duration.ofSeconds(30),
        Map.of("rbd_cache", "false"));
  }

  private void warm(Library library, CephPool pool, Path image) throws Exception {
    String base = library.pull(image).storageId();
    String parent = base.substring(0, base.lastIndexOf('#'));
    library.warmUp(image, WARM_UP);
    table.add(
        Row.measure(
            "warm rbd create",
            "clone, open, resize, close, 2 omap operations",
            "<= 1.15",
            60,
            new Creates(library, image, 1, false),
            new BareClones(pool, parent, 1, false)));
    table.add(
        Row.measure(
            "16 warm rbd creates at once",
            "16 one after the other",
            "<= 0.25",
            7,
            new Creates(library, image, AT_ONCE, true),
            new Creates(library, image, AT_ONCE, false)));
    table.add(
        Row.measure(
            "the 16 storage calls made bare, at once",
            "the same one after the other",
            "-",
            7,
            new BareClones(pool, parent, AT_ONCE, true),
            new BareClones(pool, parent, AT_ONCE, false)));
    tellHowBusy(new Creates(library, image, AT_ONCE, true));
  }

  /** Sixteen at once cannot be faster than what saturates the OSD, or this machine. */
  private void tellHowBusy(Creates atOnce) throws Exception {
    long osd = 0;
    long all = 0;
    int rounds = 3;
    for (int i = 0; i < rounds; i++) {
      atOnce.prepare(i);
      Busy busy = Busy.since(cluster.resolve("run/osd.0.pid"));
      atOnce.run(i);
      osd += busy.percentOfOneCore();
      all += busy.percentOfCores();
    }
    table.tell("during 16 at once: the OSD", osd / rounds, "% of one core");
    table.tell("during 16 at once: all processes", all / rounds, "% of all cores");
  }

  /** Disks of one image, which go again. */
  private record Creates(Library library, Path image, int count, boolean atOnce) implements Timed {
    @Override
    public void prepare(int round) throws Exception {
      for (int i = 0; i < count; i++) {
        library.delete("disk-" + i);
      }
    }

    @Override
    public void run(int round) throws Exception {
      List<Callable<Object>> creates = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String name = "disk-" + i;
        creates.add(() -> library.create(name, image, DISK_SIZE));
      }
      runAll(atOnce ? count : 1, creates);
    }
  }

  /** The calls of the storage that a disk takes at the least. */
  private record BareClones(CephPool pool, String parent, int count, boolean atOnce)
      implements Timed {
    private static final String OBJECT = "bench.index";
    private static final String CLONE = "bench.clone-";

    @Override
    public void clear() throws Exception {
      for (var image : pool.images()) {
        if (image.name().startsWith(CLONE)) {
          pool.removeImage(image.name(), RbdProgress.NONE);
        }
      }
    }

    @Override
    public void run(int round) throws Exception {
      runAll(
          atOnce ? count : 1,
          IntStream.range(0, count).<Callable<Object>>mapToObj(i -> () -> make(i)).toList());
    }

    private boolean make(int number) throws IOException {
      byte[] record = "x".repeat(400).getBytes(StandardCharsets.UTF_8);
      String attempt = "attempt-" + number;
      pool.write(ObjectWrite.on(OBJECT).setOmap(attempt, record));
      pool.cloneImage(pool, parent, "base", CLONE + number, ImageOptions.DEFAULT);
      try (RbdImage image = pool.open(CLONE + number, false)) {
        image.resize(DISK_SIZE, false, RbdProgress.NONE);
      }
      pool.write(
          ObjectWrite.on(OBJECT).setOmap("disk-" + number, record).removeOmap(List.of(attempt)));
      return true;
    }
  }

  private static void runAll(int most, List<Callable<Object>> works) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(most);
    try {
      for (Future<Object> work : threads.invokeAll(works)) {
        Object unused = work.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  /**
   * A base has a snapshot, for which the monitor may take a second: beside the tools alone, and
   * beside the tools with a snapshot.
   */
  private void cold(Library library, Path folder, Path raw) throws Exception {
    for (int i = 0; i < AT_ONCE; i++) {
      library.delete("disk-" + i);
    }
    cold(library, folder, raw, GIB, ROUNDS);
    coldAndCompressed(library, folder);
  }

  private void coldAndCompressed(Library library, Path folder) throws Exception {
    Path raw = Images.compressible(folder.resolve("compressible.raw"), GIB);
    Path qcow2 = Images.compressedQcow2(raw, folder.resolve("compressed.qcow2"));
    fills(
        "cold compressed qcow2 of 1 GiB, a quarter data, to rbd base",
        CONVERT,
        "<= 1.2",
        ROUNDS,
        new Fills(library, qcow2, Path::toString),
        new Converts(qcow2, GIB, false));
  }

  private void cold(Library library, Path folder, Path raw, long size, int rounds)
      throws Exception {
    Path qcow2 = Images.qcow2(raw, folder.resolve(size + ".qcow2"));
    String toBase = " of %d GiB, a quarter data, to rbd base".formatted(size / GIB);
    Fills raws = new Fills(library, raw, Path::toString);
    fills("cold raw" + toBase, "rbd import", "<= 1", rounds, raws, new Import(raw, false));
    String imports = "rbd import and snapshot";
    fills("cold raw" + toBase, imports, "<= 1", rounds, raws, new Import(raw, true));
    overHttp(library, folder, raw, toBase, rounds);
    Fills qcow2s = new Fills(library, qcow2, Path::toString);
    Timed converts = new Converts(qcow2, size, false);
    fills("cold qcow2" + toBase, CONVERT, "<= 1.2", rounds, qcow2s, converts);
    Timed snapped = new Converts(qcow2, size, true);
    fills("cold qcow2" + toBase, CONVERT + ", and snapshot", "<= 1.2", rounds, qcow2s, snapped);
  }

  /** The snapshot takes as long whatever the image's size. */
  private void coldAndLarge(Library library, Path folder) throws Exception {
    Path raw = Images.raw(folder.resolve("large.raw"), LARGE);
    cold(library, folder, raw, LARGE, LARGE_ROUNDS);
  }

  private void fills(String what, String beside, String target, int rounds, Timed fills, Timed tool)
      throws Exception {
    table.add(Row.measure(what, beside, target, rounds, fills, tool));
  }

  /** Beside whichever takes longer: bringing the image here, or bringing it from here to Ceph. */
  private void overHttp(Library library, Path folder, Path raw, String toBase, int rounds)
      throws Exception {
    try (FileServer server = FileServer.of(folder)) {
      Timed download = References.download(server.url(raw), folder.resolve("copy"));
      Timed imports = new Import(raw, false);
      String what = "rbd import of the file";
      Row both = Row.measure(what, "plain download: curl + sync", "-", rounds, imports, download);
      table.add(both);
      fills(
          "cold raw over HTTP" + toBase,
          "the slower of both",
          "<= 1.15",
          rounds,
          new Fills(library, raw, server::url),
          both.ratio() > 1 ? imports : download);
    }
  }

  /**
   * Fills of bases of one image, under ever new names. When a base is evicted, the monitor hears of
   * its snapshot for seconds, and makes the next one wait.
   */
  private static final class Fills implements Timed {
    private final Library library;
    private final Path image;
    private final Function<Path, String> place;
    private @Nullable Path named;

    Fills(Library library, Path image, Function<Path, String> place) {
      this.library = library;
      this.image = image;
      this.place = place;
    }

    @Override
    public void prepare(int round) throws Exception {
      named = image.resolveSibling("%s-%s".formatted(UUID.randomUUID(), image.getFileName()));
      Files.createLink(named, image);
      Images.settle(Path.of(String.valueOf(image.getParent())));
    }

    @Override
    public void run(int round) throws Exception {
      var unused = library.pull(ImageRequest.of(place.apply(requireNonNull(named))));
    }
  }

  private void rbd(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("rbd", "--conf", conf(), "--id", "diskwright"));
    command.addAll(List.of(arguments));
    Shell.run(command.toArray(String[]::new));
  }

  private String conf() {
    return cluster.resolve("ceph.conf").toString();
  }

  /**
   * A tool that makes an image, with a snapshot or without. Those without are removed; one with a
   * snapshot stays, as {@link Fills} says.
   */
  private abstract class Tool implements Timed {
    private final Path source;
    private final boolean snapshot;
    private String image = "";

    Tool(Path source, boolean snapshot) {
      this.source = source;
      this.snapshot = snapshot;
    }

    abstract void make(Path source, String image) throws Exception;

    @Override
    public void clear() throws Exception {
      if (!snapshot && !image.isEmpty()) {
        rbd("rm", "--no-progress", image);
        image = "";
      }
    }

    @Override
    public void prepare(int round) throws Exception {
      image = POOL + "/bench-" + UUID.randomUUID();
      Images.settle(requireNonNull(source.getParent()));
    }

    @Override
    public void run(int round) throws Exception {
      make(source, image);
      if (snapshot) {
        rbd("snap", "create", "--no-progress", image + "@base");
      }
    }
  }

  /** Ceph's own tool. */
  private final class Import extends Tool {
    Import(Path source, boolean snapshot) {
      super(source, snapshot);
    }

    @Override
    void make(Path source, String image) throws Exception {
      rbd("import", "--no-progress", source.toString(), image);
    }
  }

  /** QEMU's tool, straight into an image that is there. */
  private final class Converts extends Tool {
    private final long size;

    Converts(Path source, long size, boolean snapshot) {
      super(source, snapshot);
      this.size = size;
    }

    @Override
    void make(Path source, String image) throws Exception {
      rbd("create", "--size", size + "B", image);
      Shell.run(
          "qemu-img",
          "convert",
          "-f",
          "qcow2",
          "-O",
          "raw",
          "-m",
          "16",
          "-W",
          "-n",
          "--target-is-zero",
          source.toString(),
          "rbd:%s:id=diskwright:conf=%s".formatted(image, conf()));
    }
  }
}
