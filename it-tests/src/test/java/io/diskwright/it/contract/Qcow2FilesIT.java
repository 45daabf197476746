package io.diskwright.it.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.contract.GuestDisk;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.Attachment;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.Resized;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The qcow2 files that we write, as QEMU's own tools see them. */
class Qcow2FilesIT {
  private static final int MIB = 1 << 20;
  private static final DiskName WEB = new DiskName("web-1");
  private static final DiskName BLANK = new DiskName("blank");

  /** QEMU moves a table to grow it: one of 27,000 clusters, of 512 bytes each, in minutes. */
  private static final long MOST_L1_CLUSTERS_TO_GROW = 4096;

  @TempDir Path folder;

  private static DiskRequest request(DiskName name, long size) {
    return DiskRequest.builder(name, size).build();
  }

  private static Attachment attachment(ImageBackend pool, DiskName name) throws IOException {
    return pool.attachment(pool.find(name, Bases.call()).orElseThrow(), Bases.call());
  }

  private static Path file(ImageBackend pool, DiskName name) throws IOException {
    return attachment(pool, name).path().orElseThrow();
  }

  @Test
  @DisplayName("qemu-img finds nothing to say of any size, cluster size and L2 layout")
  void qemuImgFindsNothingToSay() throws IOException {
    long seed = Long.getLong("diskwright.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      int clusterBits = 9 + round % 13;
      boolean extended = clusterBits >= 14 && random.nextBoolean();
      // QEMU refuses an L1 table above 32 MiB, and so do we.
      int maxBits = Math.min(43, 2 * clusterBits + (extended ? 18 : 19));
      long size = 512 * (1 + random.nextLong(1L << random.nextInt(12, maxBits - 9)));
      String options =
          "cluster_size=%d,extended_l2=%s".formatted(1 << clusterBits, extended ? "on" : "off");
      try {
        compare(1L << clusterBits, extended, size, options, random);
      } catch (IOException | AssertionError e) {
        throw new AssertionError(
            "size %d, %s (-Ddiskwright.seed=%d)".formatted(size, options, seed), e);
      }
    }
  }

  private void compare(long clusterSize, boolean extended, long size, String options, Random random)
      throws IOException {
    try (FileStorage storage =
            FileStorage.qcow2(folder, QemuMachine::start)
                .with("cluster-size", Long.toString(clusterSize))
                .with("extended-l2", Boolean.toString(extended));
        ImageBackend pool = storage.open()) {
      byte[] bytes = new byte[1 + random.nextInt((int) Math.min(size, 3 * MIB))];
      BaseRecord base = Bases.fill(pool, bytes, random.nextLong());
      pool.createImage(request(WEB, size), base, Bases.call());
      pool.createBlank(request(BLANK, size), Bases.call());
      String id = base.storageId();
      Path baseFile = storage.pool().resolve("bases").resolve(id.substring(0, id.indexOf('#')));
      Path overlay = storage.pool().resolve("overlay.qcow2");
      Path empty = storage.pool().resolve("empty.qcow2");
      Tools.run(
          "qemu-img",
          "create",
          "-q",
          "-f",
          "qcow2",
          "-o",
          options,
          "-b",
          baseFile,
          "-F",
          "raw",
          overlay,
          size);
      Tools.run("qemu-img", "create", "-q", "-f", "qcow2", "-o", options, empty, size);
      assertSame(file(pool, WEB), overlay);
      assertSame(file(pool, BLANK), empty);
      scribble(pool, size, random);
      Tools.run("qemu-img", "check", "-q", "-f", "qcow2", file(pool, WEB));
      long grown = size + 512L * (1 + random.nextInt(5000));
      if (l1Clusters(size, clusterSize) <= MOST_L1_CLUSTERS_TO_GROW) {
        pool.resize(WEB, grown, Bases.call());
        Tools.run("qemu-img", "check", "-q", "-f", "qcow2", file(pool, WEB));
      }
    }
  }

  /** Returns how many clusters the L1 table of a disk takes, or a few more. */
  private static long l1Clusters(long size, long clusterSize) {
    long entriesOfACluster = clusterSize / Long.BYTES;
    return size / clusterSize / entriesOfACluster / entriesOfACluster + 1;
  }

  private static void assertSame(Path ours, Path theirs) throws IOException {
    Tools.run("qemu-img", "check", "-q", "-f", "qcow2", ours);
    Tools.run("qemu-img", "compare", "-q", "-s", "-f", "qcow2", "-F", "qcow2", ours, theirs);
    String ourInfo = Tools.run("qemu-img", "info", "--output=json", "-f", "qcow2", ours);
    String theirInfo = Tools.run("qemu-img", "info", "--output=json", "-f", "qcow2", theirs);
    for (String field :
        new String[] {
          "virtual-size",
          "cluster-size",
          "extended-l2",
          "compat",
          "refcount-bits",
          "compression-type",
          "backing-filename-format",
          "corrupt",
          "dirty-flag"
        }) {
      assertThat(field + ": " + value(ourInfo, field))
          .isEqualTo(field + ": " + value(theirInfo, field));
    }
  }

  private static String value(String json, String field) {
    Matcher matcher = Pattern.compile('"' + field + "\": ([^,\n]*)").matcher(json);
    return matcher.find() ? matcher.group(1) : "none";
  }

  private static void scribble(ImageBackend pool, long size, Random random) throws IOException {
    try (GuestDisk disk = QemuMachine.start(attachment(pool, WEB))) {
      for (int i = 0; i < 5; i++) {
        byte[] bytes = new byte[(int) Math.min(size, 1 + random.nextInt(100_000))];
        random.nextBytes(bytes);
        disk.write(random.nextLong(size - bytes.length + 1), ByteBuffer.wrap(bytes));
      }
    }
  }

  @Test
  @DisplayName("P6: a disk names its base by a relative path and with its format, and so may move")
  void aPoolMovesWithItsFolder() throws IOException {
    try (FileStorage storage = FileStorage.qcow2(folder, QemuMachine::start)) {
      byte[] bytes = new byte[MIB];
      Path before = storage.pool();
      Path after = before.resolveSibling("moved pool");
      try (ImageBackend pool = storage.open()) {
        pool.createImage(request(WEB, MIB), Bases.fill(pool, bytes, 7), Bases.call());
        String info =
            Tools.run("qemu-img", "info", "--output=json", "-f", "qcow2", file(pool, WEB));
        assertThat(value(info, "backing-filename")).startsWith("\"../bases/");
        assertThat(value(info, "backing-filename-format")).isEqualTo("\"raw\"");
      }
      Files.move(before, after);
      try (ImageBackend pool = storage.open(after)) {
        assertReads(pool, bytes);
        assertThat(pool.users(pool.bases(Bases.call()).get(0).key(), Bases.call()))
            .containsExactly(WEB);
      }
    }
  }

  private static void assertReads(ImageBackend pool, byte[] expected) throws IOException {
    try (GuestDisk disk = QemuMachine.start(attachment(pool, WEB))) {
      ByteBuffer read = ByteBuffer.allocate(Math.toIntExact(disk.size()));
      disk.read(0, read);
      assertThat(read.array()).isEqualTo(expected);
    }
  }

  @Test
  @DisplayName("P5: a base that is kept as qcow2 serves as well as a raw one")
  void aBaseThatIsKeptAsQcow2() throws IOException {
    byte[] bytes = new byte[2 * MIB];
    new Random(3).nextBytes(bytes);
    Path raw = Files.write(folder.resolve("image.raw"), bytes);
    Path image = folder.resolve("image.qcow2");
    Tools.run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", "-c", raw, image);
    try (FileStorage storage =
            FileStorage.qcow2(folder, QemuMachine::start).with("base-format", "keep");
        ImageBackend pool = storage.open()) {
      assertThat(pool.baseFormats()).contains(DiskFormat.RAW, DiskFormat.QCOW2);
      BaseRecord base = Bases.fill(pool, DiskFormat.QCOW2, Files.readAllBytes(image), bytes.length);
      pool.createImage(request(WEB, 3 * MIB), base, Bases.call());
      Tools.run("qemu-img", "check", "-q", "-f", "qcow2", file(pool, WEB));
      String info = Tools.run("qemu-img", "info", "--output=json", "-f", "qcow2", file(pool, WEB));
      assertThat(value(info, "backing-filename-format")).isEqualTo("\"qcow2\"");
      assertReads(pool, Arrays.copyOf(bytes, 3 * MIB));
      assertThat(pool.users(base.key(), Bases.call())).containsExactly(WEB);
    }
  }

  @Test
  @DisplayName("P12: a machine that is told of the new size grows its disk itself")
  void aMachineThatIsToldGrowsItsDisk() throws IOException {
    try (FileStorage storage = FileStorage.qcow2(folder, QemuMachine::start);
        ImageBackend pool = storage.open()) {
      pool.createImage(request(WEB, MIB), Bases.fill(pool, new byte[MIB], 5), Bases.call());
      try (Qemu machine = Qemu.machine(attachment(pool, WEB))) {
        Resized resized = pool.resize(WEB, 4 * MIB, Bases.call());
        assertThat(resized.machine().orElseThrow()).contains("block_resize", "" + 4 * MIB);
        assertThat(resized.disk().size()).as("as it is now").isEqualTo(MIB);
        machine.resize(4 * MIB);
        assertThat(pool.find(WEB, Bases.call()).orElseThrow().size()).isEqualTo(4 * MIB);
      }
      assertThat(pool.resize(WEB, 4 * MIB, Bases.call()).machine()).isEmpty();
      Tools.run("qemu-img", "check", "-q", "-f", "qcow2", file(pool, WEB));
    }
  }
}
