package io.diskwright.it.bench;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Measures making disks beside the same work done by others, in turn, in one run.
 *
 * <p>Arguments: a folder on ext4, a folder on XFS, the folder of a cluster, the file for the JSON,
 * and what to measure: {@code files}, {@code ceph} or {@code all}.
 */
public final class Bench {
  private Bench() {}

  /** Measures everything. */
  public static void main(String[] arguments) throws Exception {
    Path ext4 = Path.of(arguments[0]);
    Table table = new Table();
    String what = arguments[4];
    if (!what.equals("ceph")) {
      new WarmCreates(ext4, Path.of(arguments[1]), table).measure();
      new ColdFills(ext4, table).measure();
      new ManyAtOnce(ext4, table).measure();
    }
    if (!what.equals("files")) {
      new CephPools(ext4, Path.of(arguments[2]), table).measure();
    }
    Files.writeString(Path.of(arguments[3]), table.json());
  }
}
