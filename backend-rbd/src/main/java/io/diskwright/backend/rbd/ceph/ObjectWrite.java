package io.diskwright.backend.rbd.ceph;

import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Changes of one object that happen all or not at all, in this order: a write operation of RADOS.
 * Nothing happens before {@link CephPool#write}. Not for several threads at once.
 */
public final class ObjectWrite {
  private final String object;
  private final List<Step> steps = new ArrayList<>();

  private ObjectWrite(String object) {
    this.object = Names.check("object", object);
  }

  /** One of the changes, put into the native operation. */
  @FunctionalInterface
  private interface Step {
    void addTo(Pointer operation, NativeMemory memory);
  }

  /** Starts changes of an object. */
  public static ObjectWrite on(String object) {
    return new ObjectWrite(object);
  }

  /** Returns the object's name. */
  public String object() {
    return object;
  }

  /** Makes the object; all fails with {@code EEXIST} when it is there. */
  public ObjectWrite createExclusive() {
    return add(
        (operation, memory) ->
            CephLibraries.rados()
                .rados_write_op_create(operation, Librados.CREATE_EXCLUSIVE, null));
  }

  /** Makes the object unless it is there. */
  public ObjectWrite create() {
    return add(
        (operation, memory) ->
            CephLibraries.rados()
                .rados_write_op_create(operation, Librados.CREATE_IDEMPOTENT, null));
  }

  /** Has all fail with {@code ENOENT} when the object is not there. */
  public ObjectWrite assertExists() {
    return add(
        (operation, memory) -> CephLibraries.rados().rados_write_op_assert_exists(operation));
  }

  /**
   * Has all fail with {@code EBUSY} unless this client holds a lock on the object alone, or with
   * {@code ENOENT} when there is no such object.
   */
  public ObjectWrite assertLocked(String lock, String cookie) {
    return exec(LockAssertion.CLASS, LockAssertion.METHOD, LockAssertion.exclusive(lock, cookie));
  }

  /** Has a method of one of RADOS' classes change the object. */
  ObjectWrite exec(String objectClass, String method, byte[] input) {
    return add(
        (operation, memory) ->
            CephLibraries.rados()
                .rados_write_op_exec(
                    operation, objectClass, method, memory.of(input), input.length, null));
  }

  /**
   * Has all fail with {@code ECANCELED} unless a key of the omap has a value.
   *
   * @param value the value, not empty
   */
  public ObjectWrite compareOmap(String key, byte[] value) {
    requireValue(key, value);
    return compare(key, value.clone());
  }

  /**
   * Has all fail with {@code ECANCELED} when a key of the omap is there. The object must be there,
   * or be made by a change before this one; otherwise all fails with {@code ENOENT}.
   */
  public ObjectWrite compareOmapAbsent(String key) {
    return compare(key, new byte[0]); // RADOS takes what is absent for empty
  }

  private ObjectWrite compare(String key, byte[] value) {
    byte[] name = bytes(key);
    return add(
        (operation, memory) ->
            CephLibraries.rados()
                .rados_write_op_omap_cmp2(
                    operation,
                    memory.of(name),
                    Librados.CMPXATTR_OP_EQ,
                    memory.of(value),
                    name.length,
                    value.length,
                    null));
  }

  /**
   * Sets keys of the omap; makes the object when it is not there.
   *
   * @param values the values, none empty: RADOS cannot tell an empty one from an absent one
   */
  public ObjectWrite setOmap(Map<String, byte[]> values) {
    Map<String, byte[]> copy = new TreeMap<>();
    values.forEach(
        (key, value) -> {
          requireValue(key, value);
          copy.put(Names.check("key", key), value.clone());
        });
    return add(
        (operation, memory) -> {
          List<byte[]> keys = NativeMemory.utf8(copy.keySet());
          CephLibraries.rados()
              .rados_write_op_omap_set2(
                  operation,
                  memory.pointers(keys),
                  memory.pointers(copy.values()),
                  memory.lengths(keys),
                  memory.lengths(copy.values()),
                  copy.size());
        });
  }

  /** Sets one key of the omap, as {@link #setOmap(Map)}. */
  public ObjectWrite setOmap(String key, byte[] value) {
    return setOmap(Map.of(key, value));
  }

  /** Removes keys of the omap; those that are not there do not matter, but the object must be. */
  public ObjectWrite removeOmap(Collection<String> keys) {
    List<byte[]> names = keys.stream().map(ObjectWrite::bytes).toList();
    return add(
        (operation, memory) ->
            CephLibraries.rados()
                .rados_write_op_omap_rm_keys2(
                    operation, memory.pointers(names), memory.lengths(names), names.size()));
  }

  /** Removes the object; all fails with {@code ENOENT} when it is not there. */
  public ObjectWrite remove() {
    return add((operation, memory) -> CephLibraries.rados().rados_write_op_remove(operation));
  }

  private ObjectWrite add(Step step) {
    steps.add(step);
    return this;
  }

  private static byte[] bytes(String key) {
    return Names.check("key", key).getBytes(StandardCharsets.UTF_8);
  }

  private static void requireValue(String key, byte[] value) {
    if (value.length == 0) {
      throw new IllegalArgumentException("value of key (%s) must not be empty".formatted(key));
    }
  }

  /** Makes all changes; returns a negated error number when it could not. */
  int perform(Pointer context) {
    return perform(context, 0);
  }

  /** Does the same even when the pool is full, which is for what takes no space. */
  int performThoughFull(Pointer context) {
    return perform(context, Librados.OPERATION_FULL_FORCE);
  }

  private int perform(Pointer context, int flags) {
    Librados rados = CephLibraries.rados();
    Pointer operation = rados.rados_create_write_op();
    try (NativeMemory memory = new NativeMemory()) {
      for (Step step : steps) {
        step.addTo(operation, memory);
      }
      return rados.rados_write_op_operate(operation, context, object, null, flags);
    } finally {
      rados.rados_release_write_op(operation);
    }
  }
}
