package io.diskwright.it.lvm;

import io.diskwright.it.support.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A volume group on a disk of the guest's, with a thin pool, and lvm2's own command. */
public final class Lvm2 implements AutoCloseable {
  /** The group's thin pool. */
  public static final String THIN_POOL = "tp";

  private final String group;

  private Lvm2(String group) {
    this.group = group;
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
    Lvm2 made = new Lvm2(name);
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

  /** Returns a group that is there. */
  public static Lvm2 of(String name) {
    return new Lvm2(name);
  }

  private static String disk() {
    String[] disks = System.getenv("LVM_DISKS").split(" ", -1);
    return disks[disks.length - 1];
  }

  /** Returns the group's name. */
  public String name() {
    return group;
  }

  /** Writes a configuration with the pool {@code pool} on it, and further keys. */
  public Path pool(Path folder, String... keys) throws IOException {
    List<String> lines = new ArrayList<>(List.of("pools:", "  pool:", "    backend: lvm"));
    lines.add("    volume-group: " + group);
    lines.add("    thin-pool: " + THIN_POOL);
    lines.add("    path: '%s'".formatted(folder(folder)));
    Stream.of(keys).map(key -> "    " + key).forEach(lines::add);
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
   * Returns what is in a thin pool and is neither a base, nor a whole disk, nor kept of one, and
   * what the pool's folder knows of attempts and of space that is reserved.
   *
   * @param group the group's name
   */
  public static List<String> strays(String group, String thinPool, Path folder) throws IOException {
    List<String> strays = strayVolumes(group, thinPool);
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
                "-Spool_lv=" + thinPool,
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
