package io.diskwright.backend.rbd.ceph;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.ByteByReference;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import io.diskwright.toolkit.os.Errno;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the omap of an object, by read operations of RADOS. */
final class OmapReader {
  /** How many keys are asked for at once; an OSD may return fewer. */
  private static final long PAGE = 1000;

  private final Pointer context;
  private final String object;
  private final String resource;
  private final Librados rados = CephLibraries.rados();

  /** The last key that was read; RADOS sorts them by their bytes. */
  private String last = "";

  OmapReader(Pointer context, String object, String resource) {
    this.context = context;
    this.object = object;
    this.resource = resource;
  }

  /** Puts what is asked for into a read operation, which sets the iterator. */
  @FunctionalInterface
  private interface Question {
    void addTo(Pointer operation, PointerByReference iterator, IntByReference result);
  }

  /** Returns those of the keys that are there, read at once; empty when there is no object. */
  Optional<SortedMap<String, byte[]>> read(Collection<String> keys) throws CephException {
    List<byte[]> names = NativeMemory.utf8(keys);
    SortedMap<String, byte[]> found = new TreeMap<>();
    try (NativeMemory memory = new NativeMemory()) {
      Pointer pointers = memory.pointers(names);
      Pointer lengths = memory.lengths(names);
      boolean there =
          ask(
              (operation, iterator, result) ->
                  rados.rados_read_op_omap_get_vals_by_keys2(
                      operation, pointers, names.size(), lengths, iterator, result),
              found);
      return there ? Optional.of(found) : Optional.empty();
    }
  }

  /** Returns all keys with a prefix, page by page; empty when there is no object. */
  Optional<SortedMap<String, byte[]>> list(String prefix) throws CephException {
    SortedMap<String, byte[]> all = new TreeMap<>();
    ByteByReference more = new ByteByReference();
    int before;
    do {
      before = all.size();
      String after = last;
      boolean there =
          ask(
              (operation, iterator, result) ->
                  rados.rados_read_op_omap_get_vals2(
                      operation, after, prefix, PAGE, iterator, more, result),
              all);
      if (!there) {
        return Optional.empty();
      }
    } while (more.getValue() != 0 && all.size() > before);
    return Optional.of(all);
  }

  private boolean ask(Question question, SortedMap<String, byte[]> target) throws CephException {
    Pointer operation = rados.rados_create_read_op();
    PointerByReference iterator = new PointerByReference();
    IntByReference partResult = new IntByReference();
    try {
      question.addTo(operation, iterator, partResult);
      int result = rados.rados_read_op_operate(operation, context, object, 0);
      if (result == -Errno.ENOENT) {
        return false;
      }
      CephCluster.check(result, "read keys of object", resource);
      CephCluster.check(partResult.getValue(), "read keys of object", resource);
      copy(iterator.getValue(), target);
      return true;
    } finally {
      // The iterator is made at once, and is ours whatever became of the operation.
      if (iterator.getValue() != null) {
        rados.rados_omap_get_end(iterator.getValue());
      }
      rados.rados_release_read_op(operation);
    }
  }

  private void copy(Pointer iterator, SortedMap<String, byte[]> target) throws CephException {
    PointerByReference key = new PointerByReference();
    PointerByReference value = new PointerByReference();
    LongByReference keyLength = new LongByReference();
    LongByReference valueLength = new LongByReference();
    while (true) {
      int result = rados.rados_omap_get_next2(iterator, key, value, keyLength, valueLength);
      CephCluster.check(result, "read keys of object", resource);
      if (key.getValue() == null) {
        return;
      }
      last = new String(bytes(key.getValue(), keyLength), UTF_8);
      target.put(last, bytes(value.getValue(), valueLength));
    }
  }

  private static byte[] bytes(@Nullable Pointer bytes, LongByReference length) {
    return bytes == null ? new byte[0] : bytes.getByteArray(0, (int) length.getValue());
  }
}
