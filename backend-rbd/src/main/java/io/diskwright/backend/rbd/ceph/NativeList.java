package io.diskwright.backend.rbd.ceph;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.LongByReference;
import io.diskwright.toolkit.os.Errno;
import java.util.ArrayList;
import java.util.List;

/** A list that librbd returns in an array of structures, whose length only it knows. */
final class NativeList {
  private static final long FIRST_CAPACITY = 64;

  private NativeList() {}

  /** Fills an array; says by {@code ERANGE} and the count that it is too short. */
  @FunctionalInterface
  interface Fill {
    int fill(Pointer array, LongByReference count);
  }

  /** Frees what the entries point to. */
  @FunctionalInterface
  interface Cleanup {
    void clean(Pointer array, long count);
  }

  /** Reads one entry. */
  @FunctionalInterface
  interface Entry<T> {
    T read(Pointer entry);
  }

  /** Asks for a list whose entries have a size. */
  static <T> List<T> read(
      long entrySize, Fill fill, Cleanup cleanup, Entry<T> entry, String operation, String resource)
      throws CephException {
    long capacity = FIRST_CAPACITY;
    while (true) {
      try (NativeMemory memory = new NativeMemory()) {
        Pointer array = memory.allocate(entrySize * capacity);
        LongByReference count = new LongByReference(capacity);
        int result = fill.fill(array, count);
        if (result == -Errno.ERANGE) {
          capacity = Math.max(2 * capacity, count.getValue());
          continue;
        }
        CephCluster.check(result, operation, resource);
        try {
          List<T> list = new ArrayList<>();
          for (long at = 0; at < count.getValue(); at++) {
            list.add(entry.read(array.share(entrySize * at)));
          }
          return List.copyOf(list);
        } finally {
          cleanup.clean(array, count.getValue());
        }
      }
    }
  }
}
