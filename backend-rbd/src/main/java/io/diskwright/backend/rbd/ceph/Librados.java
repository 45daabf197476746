package io.diskwright.backend.rbd.ceph;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.ByteByReference;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import org.jspecify.annotations.Nullable;

/**
 * What is called of librados beside rados-java, by the names and in the order of librados.h.
 *
 * <p>Strings go out as UTF-8. What returns int or long returns a negated error number when it
 * fails.
 */
interface Librados extends Library {
  byte CMPXATTR_OP_EQ = 1;
  byte LOCK_FLAG_MUST_RENEW = 2;
  int OPERATION_FULL_FORCE = 128;
  int CREATE_IDEMPOTENT = 0;
  int CREATE_EXCLUSIVE = 1;

  int rados_conf_read_file(Pointer cluster, @Nullable String path);

  int rados_conf_get(Pointer cluster, String option, byte[] value, long length);

  int rados_wait_for_latest_osdmap(Pointer cluster);

  int rados_ioctx_create(Pointer cluster, String pool, Pointer context);

  int rados_pool_reverse_lookup(Pointer cluster, long id, byte[] name, long length);

  void rados_ioctx_set_namespace(Pointer context, String namespace);

  void rados_set_pool_full_try(Pointer context);

  int rados_omap_get_next2(
      Pointer iterator,
      PointerByReference key,
      PointerByReference value,
      LongByReference keyLength,
      LongByReference valueLength);

  void rados_omap_get_end(Pointer iterator);

  Pointer rados_create_write_op();

  void rados_release_write_op(Pointer operation);

  void rados_write_op_assert_exists(Pointer operation);

  void rados_write_op_omap_cmp2(
      Pointer operation,
      Pointer key,
      byte operator,
      Pointer value,
      long keyLength,
      long valueLength,
      @Nullable IntByReference result);

  void rados_write_op_create(Pointer operation, int exclusive, @Nullable String category);

  void rados_write_op_remove(Pointer operation);

  void rados_write_op_exec(
      Pointer operation,
      String objectClass,
      String method,
      Pointer input,
      long inputLength,
      @Nullable IntByReference result);

  void rados_write_op_omap_set2(
      Pointer operation,
      Pointer keys,
      Pointer values,
      Pointer keyLengths,
      Pointer valueLengths,
      long count);

  void rados_write_op_omap_rm_keys2(
      Pointer operation, Pointer keys, Pointer keyLengths, long count);

  int rados_write_op_operate(
      Pointer operation, Pointer context, String object, @Nullable Pointer time, int flags);

  int rados_exec(
      Pointer context,
      String object,
      String objectClass,
      String method,
      byte[] input,
      long inputLength,
      byte[] output,
      long outputLength);

  Pointer rados_create_read_op();

  void rados_release_read_op(Pointer operation);

  void rados_read_op_omap_get_vals2(
      Pointer operation,
      String startAfter,
      String prefix,
      long most,
      PointerByReference iterator,
      ByteByReference more,
      IntByReference result);

  void rados_read_op_omap_get_vals_by_keys2(
      Pointer operation,
      Pointer keys,
      long count,
      Pointer keyLengths,
      PointerByReference iterator,
      IntByReference result);

  int rados_read_op_operate(Pointer operation, Pointer context, String object, int flags);

  int rados_lock_exclusive(
      Pointer context,
      String object,
      String name,
      String cookie,
      String description,
      Pointer duration,
      byte flags);

  int rados_lock_shared(
      Pointer context,
      String object,
      String name,
      String cookie,
      String tag,
      String description,
      Pointer duration,
      byte flags);

  int rados_write(Pointer context, String object, byte[] bytes, long length, long offset);

  int rados_write_full(Pointer context, String object, byte[] bytes, long length);

  int rados_read(Pointer context, String object, byte[] bytes, long length, long offset);

  int rados_ioctx_selfmanaged_snap_create(Pointer context, LongByReference id);

  int rados_aio_create_completion2(
      @Nullable Pointer argument, @Nullable Pointer callback, PointerByReference completion);

  int rados_aio_flush_async(Pointer context, Pointer completion);

  int rados_aio_wait_for_complete(Pointer completion);

  void rados_aio_release(Pointer completion);

  int rados_stat(
      Pointer context, String object, LongByReference size, @Nullable LongByReference modified);

  int rados_unlock(Pointer context, String object, String name, String cookie);

  long rados_list_lockers(
      Pointer context,
      String object,
      String name,
      IntByReference exclusive,
      byte[] tag,
      LongByReference tagLength,
      byte[] clients,
      LongByReference clientsLength,
      byte[] cookies,
      LongByReference cookiesLength,
      byte[] addresses,
      LongByReference addressesLength);

  int rados_break_lock(Pointer context, String object, String name, String client, String cookie);

  int rados_blocklist_add(Pointer cluster, String address, int seconds);

  int rados_getaddrs(Pointer cluster, PointerByReference addresses);

  int rados_application_list(Pointer context, byte[] names, LongByReference length);

  int rados_mon_command(
      Pointer cluster,
      String[] command,
      long count,
      @Nullable Pointer input,
      long inputLength,
      PointerByReference output,
      LongByReference outputLength,
      PointerByReference status,
      LongByReference statusLength);

  void rados_buffer_free(@Nullable Pointer buffer);
}
