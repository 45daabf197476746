package io.diskwright.toolkit.pool;

import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.pool.Dependents.BaseOf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Takes bases out of a pool of files, many in one go: their records are put aside, then it is
 * looked which disks read from them, once for all; closing it gives back what is not gone. One
 * thread.
 *
 * <p>Who makes a disk writes its file first and then looks whether the record is there. So, even
 * without any lock, one of the two sees the other.
 */
final class FileEviction implements AutoCloseable {
  private final FilePool pool;
  private final BaseOf baseOf;
  private final Map<BaseKey, Withdrawn> aside = new LinkedHashMap<>();

  FileEviction(FilePool pool, BaseOf baseOf) {
    this.pool = pool;
    this.baseOf = baseOf;
  }

  /** Takes out those on which no disk depends; returns what became of each. */
  Map<BaseKey, Eviction> run(Collection<BaseKey> keys) throws IOException {
    Map<BaseKey, Eviction> became = new HashMap<>();
    Dependents disks = Dependents.disks(pool.disks(), baseOf);
    for (BaseKey key : keys) {
      if (isUsed(dataOf(key), disks)) {
        became.put(key, Eviction.IN_USE);
      } else {
        Optional<Withdrawn> withdrawn = pool.bases().withdraw(key.value());
        withdrawn.ifPresent(record -> aside.put(key, record));
        became.put(key, Eviction.ABSENT);
      }
    }
    Dependents files = Dependents.files(pool.disks(), baseOf);
    for (Map.Entry<BaseKey, Withdrawn> record : aside.entrySet()) {
      boolean used = isUsed(record.getValue().data(), files);
      became.put(record.getKey(), used ? Eviction.IN_USE : Eviction.REMOVED);
      if (!used) {
        record.getValue().finish(false);
      }
    }
    if (!aside.isEmpty()) {
      NativeFile.syncFolder(pool.bases().folder());
    }
    return became;
  }

  private static boolean isUsed(Optional<Path> base, Dependents dependents) {
    return base.isPresent() && !dependents.of(base.get()).isEmpty();
  }

  /** Of a base whose record is damaged it cannot be told; its file stays while disks need it. */
  private Optional<Path> dataOf(BaseKey key) throws IOException {
    try {
      return pool.bases().find(key.value()).map(Stored::data);
    } catch (RecordFormatException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (Withdrawn record : aside.values()) {
      try {
        record.close();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
