package io.diskwright.backend.rbd.ceph;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.ByteByReference;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What is called of librbd, by the names and in the order of librbd.h.
 *
 * <p>Strings go out as UTF-8. What returns int or long returns a negated error number when it
 * fails. Buffers are direct and are used from their first byte on, whatever their position is.
 */
interface Librbd extends Library {
  int IMAGE_OPTION_FORMAT = 0;
  int IMAGE_OPTION_FEATURES = 1;
  int IMAGE_OPTION_ORDER = 2;
  int IMAGE_OPTION_DATA_POOL = 10;
  int IMAGE_OPTION_CLONE_FORMAT = 12;

  /** Does not ask those who have the image open to be quiet first. */
  int SNAP_CREATE_SKIP_QUIESCE = 1;

  /** {@code librbd_progress_fn_t}. */
  interface Progress extends Callback {
    /** Returns 0, or a negated error number that ends the call. */
    int report(long done, long total, @Nullable Pointer unused);
  }

  /** What {@code rbd_diff_iterate2} calls. */
  interface Diff extends Callback {
    /** Returns 0, or a negated error number that ends the call. */
    int extent(long offset, long length, int exists, @Nullable Pointer unused);
  }

  void rbd_version(IntByReference major, IntByReference minor, IntByReference extra);

  void rbd_image_options_create(PointerByReference options);

  void rbd_image_options_destroy(Pointer options);

  int rbd_image_options_set_string(Pointer options, int option, String value);

  int rbd_image_options_set_uint64(Pointer options, int option, long value);

  void rbd_image_spec_list_cleanup(Pointer images, long count);

  void rbd_linked_image_spec_cleanup(Pointer image);

  void rbd_linked_image_spec_list_cleanup(Pointer images, long count);

  void rbd_snap_spec_cleanup(Pointer snapshot);

  int rbd_list2(Pointer context, Pointer images, LongByReference count);

  int rbd_create4(Pointer context, String name, long size, Pointer options);

  int rbd_clone3(
      Pointer parentContext,
      String parent,
      String snapshot,
      Pointer context,
      String name,
      Pointer options);

  int rbd_remove_with_progress(
      Pointer context, String name, Progress progress, @Nullable Pointer unused);

  int rbd_trash_move(Pointer context, String name, long delay);

  int rbd_trash_list(Pointer context, Pointer entries, LongByReference count);

  void rbd_trash_list_cleanup(Pointer entries, long count);

  int rbd_trash_remove_with_progress(
      Pointer context, String id, byte force, Progress progress, @Nullable Pointer unused);

  int rbd_trash_restore(Pointer context, String id, String name);

  int rbd_open(Pointer context, String name, PointerByReference image, @Nullable String snapshot);

  int rbd_open_by_id(
      Pointer context, String id, PointerByReference image, @Nullable String snapshot);

  int rbd_open_read_only(
      Pointer context, String name, PointerByReference image, @Nullable String snapshot);

  int rbd_open_by_id_read_only(
      Pointer context, String id, PointerByReference image, @Nullable String snapshot);

  int rbd_close(Pointer image);

  int rbd_resize2(
      Pointer image, long size, byte allowShrink, Progress progress, @Nullable Pointer unused);

  int rbd_stat(Pointer image, Pointer info, long length);

  int rbd_get_old_format(Pointer image, ByteByReference old);

  int rbd_get_size(Pointer image, LongByReference size);

  int rbd_get_features(Pointer image, LongByReference features);

  int rbd_get_stripe_count(Pointer image, LongByReference count);

  int rbd_get_overlap(Pointer image, LongByReference overlap);

  int rbd_get_name(Pointer image, byte[] name, LongByReference length);

  int rbd_get_id(Pointer image, byte[] id, long length);

  long rbd_get_data_pool_id(Pointer image);

  int rbd_get_parent(Pointer image, Pointer parent, Pointer snapshot);

  int rbd_snap_list(Pointer image, Pointer snapshots, IntByReference count);

  void rbd_snap_list_end(Pointer snapshots);

  int rbd_snap_create2(
      Pointer image, String name, int flags, Progress progress, @Nullable Pointer unused);

  int rbd_snap_remove(Pointer image, String name);

  int rbd_snap_rollback_with_progress(
      Pointer image, String name, Progress progress, @Nullable Pointer unused);

  int rbd_snap_protect(Pointer image, String name);

  int rbd_snap_unprotect(Pointer image, String name);

  int rbd_snap_is_protected(Pointer image, String name, IntByReference isProtected);

  int rbd_snap_set(Pointer image, @Nullable String name);

  int rbd_snap_get_timestamp(Pointer image, long snapshot, Pointer timespec);

  int rbd_snap_get_namespace_type(Pointer image, long snapshot, IntByReference type);

  int rbd_flatten_with_progress(Pointer image, Progress progress, @Nullable Pointer unused);

  int rbd_list_children3(Pointer image, Pointer children, LongByReference count);

  long rbd_read(Pointer image, long offset, long length, ByteBuffer buffer);

  int rbd_diff_iterate2(
      Pointer image,
      @Nullable String fromSnapshot,
      long offset,
      long length,
      byte includeParent,
      byte wholeObject,
      Diff diff,
      @Nullable Pointer unused);

  long rbd_write(Pointer image, long offset, long length, ByteBuffer buffer);

  int rbd_discard(Pointer image, long offset, long length);

  long rbd_write_zeroes(Pointer image, long offset, long length, int zeroFlags, int flags);

  int rbd_flush(Pointer image);

  int rbd_metadata_get(Pointer image, String key, byte[] value, LongByReference length);

  int rbd_metadata_set(Pointer image, String key, String value);

  int rbd_metadata_remove(Pointer image, String key);

  int rbd_watchers_list(Pointer image, Pointer watchers, LongByReference count);

  void rbd_watchers_list_cleanup(Pointer watchers, long count);

  int rbd_namespace_exists(Pointer context, String name, ByteByReference exists);
}
