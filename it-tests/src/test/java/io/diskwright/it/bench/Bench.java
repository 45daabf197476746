package io.diskwright.it.bench;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Measures making disks beside the same work done by others, in turn, in one run.
 *
 * <p>Arguments: a folder on ext4, a folder on XFS, the folder of a cluster, and the file for the
 * JSON.
 */
public final class Bench {
  private Bench() {}

  /** Measures everything. */
  public static void main(String[] arguments) throws Exception {
    Path ext4 = Path.of(arguments[0]);
    Table table = new Table();
    new WarmCreates(ext4, Path.of(arguments[1]), table).measure();
    new ColdFills(ext4, table).measure();
    new ManyAtOnce(ext4, table).measure();
    new CephPools(ext4, Path.of(arguments[2]), table).measure();
    Files.writeString(Path.of(arguments[3]), table.json());
  }
}
