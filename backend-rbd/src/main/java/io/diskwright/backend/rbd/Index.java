package io.diskwright.backend.rbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.CephPool;
import io.diskwright.backend.rbd.ceph.ObjectWrite;
import io.diskwright.toolkit.os.Errno;
import io.diskwright.toolkit.record.RecordText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The one object of a pool that holds all records, as keys and values of its omap; any thread.
 *
 * <p>Each change is one write operation of RADOS: it compares what it was made for, and happens all
 * or not at all. Two hosts that change the same thing never both succeed.
 */
final class Index {
  /** The object's name. */
  static final String OBJECT = "diskwright.index";

  private final Supplier<CephPool> pool;

  /** Takes what tells the pool, each time that it is used. */
  Index(Supplier<CephPool> pool) {
    this.pool = pool;
  }

  /**
   * One key and its value.
   *
   * @param key the key
   * @param text the value, as it is compared
   */
  record Entry(String key, String text) {
    /**
     * Returns the names and values of the record.
     *
     * @throws IndexFormatException when it is not a whole record
     */
    SortedMap<String, String> values() throws IndexFormatException {
      try {
        return RecordText.parse(text);
      } catch (IllegalArgumentException e) {
        throw new IndexFormatException(key, String.valueOf(e.getMessage()));
      }
    }

    /** Returns the key without a prefix that it has. */
    String nameBehind(String prefix) {
      return key.substring(prefix.length());
    }
  }

  /** Makes the object unless it is there. */
  void create() throws CephException {
    pool.get().write(ObjectWrite.on(OBJECT).create());
  }

  Optional<Entry> find(String key) throws CephException {
    return Optional.ofNullable(find(List.of(key)).get(key));
  }

  /** Finds several keys at once; those that are there. */
  Map<String, Entry> find(List<String> keys) throws CephException {
    Map<String, Entry> found = new TreeMap<>();
    pool.get()
        .readOmap(OBJECT, keys)
        .orElse(new TreeMap<>())
        .forEach((key, value) -> found.put(key, new Entry(key, new String(value, UTF_8))));
    return found;
  }

  /** Lists what is behind a prefix, by key. */
  List<Entry> list(String prefix) throws CephException {
    List<Entry> entries = new ArrayList<>();
    pool.get()
        .listOmap(OBJECT, prefix)
        .orElse(new TreeMap<>())
        .forEach((key, value) -> entries.add(new Entry(key, new String(value, UTF_8))));
    return entries;
  }

  /** Starts a change, which fails when somebody has removed the whole object. */
  Change change() {
    return new Change();
  }

  /** What is compared and changed in one step. */
  final class Change {
    private final ObjectWrite write = ObjectWrite.on(OBJECT).assertExists();

    /** Only if an entry is as it was read. */
    Change ifStill(Entry entry) {
      write.compareOmap(entry.key(), entry.text().getBytes(UTF_8));
      return this;
    }

    /** Only if there is no such key. */
    Change ifAbsent(String key) {
      write.compareOmapAbsent(key);
      return this;
    }

    Change set(Entry entry) {
      write.setOmap(entry.key(), entry.text().getBytes(UTF_8));
      return this;
    }

    Change remove(String... keys) {
      write.removeOmap(List.of(keys));
      return this;
    }

    /** Makes the change; returns false, and has changed nothing, when a comparison fails. */
    boolean make() throws CephException {
      try {
        pool.get().write(write);
        return true;
      } catch (CephException e) {
        if (e.is(Errno.ECANCELED)) {
          return false;
        }
        throw e;
      }
    }
  }

  /** Returns an entry for a record. */
  static Entry entry(String key, Map<String, String> values) {
    return new Entry(key, RecordText.format(values));
  }
}
