package io.diskwright.it.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Looks at a pool's folder as its layout is documented, not through the code that made it. */
public final class PoolScan {
  private static final String ID = "storage-id=";

  private PoolScan() {}

  /** Returns what belongs to nothing: all but marker, locks, records, and the files they name. */
  public static List<Path> leftOvers(Path pool) throws IOException {
    if (!Files.isDirectory(pool)) {
      return List.of();
    }
    Set<Path> known = new HashSet<>();
    for (String part :
        List.of("diskwright-pool", "locks", "bases", "disks", "space", "lost+found")) {
      known.add(pool.resolve(part));
    }
    for (Path file : files(pool)) {
      String name = String.valueOf(file.getFileName());
      if (name.endsWith(".disk") || name.endsWith(".base")) {
        known.add(file);
        known.add(file.resolveSibling(storageFile(file)));
      }
    }
    return files(pool).stream().filter(file -> !known.contains(file)).toList();
  }

  private static String storageFile(Path record) throws IOException {
    try (Stream<String> lines = Files.lines(record)) {
      String id = lines.filter(line -> line.startsWith(ID)).findFirst().orElseThrow();
      return id.substring(ID.length(), id.lastIndexOf('#'));
    }
  }

  /** Returns everything in a folder with its size and times, to tell whether anything changed. */
  public static Map<Path, String> snapshot(Path folder) throws IOException {
    Map<Path, String> entries = new TreeMap<>();
    for (Path file : files(folder)) {
      entries.put(
          file,
          Files.readAttributes(file, "unix:ino,size,nlink,mode,lastModifiedTime,ctime").toString());
    }
    return entries;
  }

  /** Returns the base files of a pool. */
  public static List<Path> baseFiles(Path pool) throws IOException {
    return files(pool.resolve("bases")).stream()
        .filter(file -> !file.toString().endsWith(".base"))
        .toList();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(file -> !file.equals(folder)).sorted().toList();
    }
  }
}
