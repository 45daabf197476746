package io.diskwright.it.lvm;

import io.diskwright.it.support.PoolScan;
import io.diskwright.it.support.Tools;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A volume group on a disk of the guest's, with or without a thin pool, and lvm2's own command. */
public final class Lvm2 implements AutoCloseable {
  /** The group's thin pool. */
  public static final String THIN_POOL = "tp";

  /** What stands for the thin pool of a group that has none. */
  public static final String NO_THIN_POOL = "";

  private static final String OURS = "dw.";

  private final String group;
  private final String thinPool;

  private Lvm2(String group, String thinPool) {
    this.group = group;
    this.thinPool = thinPool;
  }

  /** Makes a group with a thin pool of 256 MiB. */
  public static Lvm2 group(String name) throws IOException {
    return group(name, "256M", "4M");
  }

  /**
   * Makes a group on the guest's last disk, with extents of 512 KiB.
   *
   * @param size how large the thin pool's data is
   * @param metadata how large its metadata is
   */
  public static Lvm2 group(String name, String size, String metadata) throws IOException {
    Lvm2 made = new Lvm2(name, THIN_POOL);
    run("vgcreate", "-s", "512k", name, disk());
    made.change(
        "lvcreate",
        "--type",
        "thin-pool",
        "-L",
        size,
        "--poolmetadatasize",
        metadata,
        "-n",
        THIN_POOL);
    return made;
  }

  /**
   * Makes a group without a thin pool on the guest's last disk, with extents of 512 KiB, on the
   * first of which somebody has left his data.
   */
  public static Lvm2 linear(String name) throws IOException {
    run("vgcreate", "-s", "512k", name, disk());
    Lvm2 made = new Lvm2(name, NO_THIN_POOL);
    leaveData(name, "64M");
    return made;
  }

  /** Writes to the extents that the next volumes get what they must not show. */
  public static void leaveData(String group, String size) throws IOException {
    run("lvcreate", "-Zn", "-Wn", "-L", size, "-n", "somebody", group);
    byte[] data = new byte[1 << 20];
    Arrays.fill(data, (byte) 0xdb);
    try (FileChannel device =
        FileChannel.open(Path.of("/dev", group, "somebody"), StandardOpenOption.WRITE)) {
      while (device.position() < device.size()) {
        int left = (int) Math.min(data.length, device.size() - device.position());
        int unused = device.write(ByteBuffer.wrap(data, 0, left));
      }
      device.force(true);
    }
    run("lvremove", "-f", group + "/somebody");
  }

  /** Returns a group that is there. */
  public static Lvm2 of(String name, String thinPool) {
    return new Lvm2(name, thinPool);
  }

  private static String disk() {
    String[] disks = System.getenv("LVM_DISKS").split(" ", -1);
    return disks[disks.length - 1];
  }

  /** Returns the group's name. */
  public String name() {
    return group;
  }

  /** Returns the group's thin pool, or {@link #NO_THIN_POOL}. */
  public String thinPool() {
    return thinPool;
  }

  /**
   * Writes a configuration with the pool {@code pool} on it.
   *
   * @param keys keys that it gets, or that take the place of others: {@code name: value}; one that
   *     is left out: {@code -name}
   */
  public Path pool(Path folder, String... keys) throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("backend", "lvm");
    all.put("volume-group", group);
    if (!thinPool.equals(NO_THIN_POOL)) {
      all.put("thin-pool", thinPool);
    }
    all.put("path", "'%s'".formatted(folder(folder)));
    for (String key : keys) {
      if (key.startsWith("-")) {
        all.remove(key.substring(1));
      } else {
        String[] parts = key.split(": ", 2);
        all.put(parts[0], parts[1]);
      }
    }
    List<String> lines = new ArrayList<>(List.of("pools:", "  pool:"));
    all.forEach((key, value) -> lines.add("    " + key + ": " + value));
    return Files.write(Files.createTempFile(folder, "pools", ".yaml"), lines);
  }

  /** Returns the folder of the pool whose configuration {@link #pool} writes. */
  public static Path folder(Path folder) {
    return folder.resolve("pool of lvm");
  }

  /** Runs lvm2 with a group as its last argument. */
  public String change(String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add(group);
    return run(all.toArray(String[]::new));
  }

  /** Runs lvm2. */
  public static String run(String... arguments) throws IOException {
    try {
      return Tools.run("lvm", (Object[]) arguments);
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  /** Returns the names of the volumes. */
  public List<String> volumes() throws IOException {
    return change("lvs", "--noheadings", "-o", "lv_name").lines().map(String::strip).toList();
  }

  /**
   * Returns what is in a thin pool, or beside any, and is neither a base, nor a whole disk, nor
   * kept of one, and what the pool's folder knows of attempts and of space that is reserved.
   *
   * @param group the group's name
   * @param thinPool the thin pool, or {@link #NO_THIN_POOL}
   */
  public static List<String> strays(String group, String thinPool, Path folder) throws IOException {
    List<String> strays = strayVolumes(group, thinPool);
    PoolScan.leftOvers(folder.resolve("bases")).stream().map(Path::toString).forEach(strays::add);
    for (String part : List.of("attempts", "space")) {
      Path files = folder.resolve(part);
      if (Files.isDirectory(files)) {
        try (Stream<Path> list = Files.list(files)) {
          list.map(Path::toString).forEach(strays::add);
        }
      }
    }
    return strays;
  }

  private static List<String> strayVolumes(String group, String thinPool) throws IOException {
    List<String[]> volumes =
        run(
                "lvs",
                "--noheadings",
                "--units=b",
                "--nosuffix",
                "-olv_name,lv_size,lv_tags",
                "-Spool_lv=\"%s\" && lv_name=~^%s".formatted(thinPool, OURS),
                group)
            .lines()
            .map(line -> line.strip().split(" +", 3))
            .toList();
    List<String> strays = new ArrayList<>();
    for (String[] volume : volumes) {
      String tags = volume.length > 2 ? volume[2] : "";
      boolean whole =
          switch (volume[0].split("[.]", 3)[1]) {
            case "base" -> true;
            case "disk" -> Long.parseLong(volume[1]) >= Long.parseLong(tag(tags, "dw-new:", 2));
            case "snap" ->
                volumes.stream()
                    .filter(other -> other[0].startsWith("dw.disk."))
                    .anyMatch(disk -> tag(disk[2], "dw-new:", 1).equals(snapshotOf(tags)));
            default -> false;
          };
      if (!whole) {
        strays.add(volume[0]);
      }
    }
    return strays;
  }

  private static String snapshotOf(String tags) {
    return Stream.of(tags.split(",", -1))
        .filter(tag -> tag.startsWith("dw:snapshot-of="))
        .findFirst()
        .map(tag -> tag.substring("dw:snapshot-of=".length()))
        .orElse("");
  }

  private static String tag(String tags, String start, int field) {
    return Stream.of(tags.split(",", -1))
        .filter(tag -> tag.startsWith(start))
        .findFirst()
        .map(tag -> tag.substring(start.length()).split(":", -1)[field])
        .orElse("0");
  }

  /** Returns what a volume has of something. */
  public String field(String field, String volume) throws IOException {
    return run("lvs", "--noheadings", "-o", field, group + '/' + volume).strip();
  }

  @Override
  public void close() throws IOException {
    run("vgremove", "-ff", "-y", group);
  }
}
