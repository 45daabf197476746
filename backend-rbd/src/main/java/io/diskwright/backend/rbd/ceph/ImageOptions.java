package io.diskwright.backend.rbd.ceph;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How an image is made; what is empty is as the cluster's configuration, or the parent, has it.
 *
 * @param features the bits of librbd's features.h; a clone needs {@link #FEATURE_LAYERING}
 * @param objectSize how large its objects are, a power of two from 4 KiB to 32 MiB
 * @param dataPool the pool for its data, such as an erasure-coded one
 */
public record ImageOptions(
    OptionalLong features, OptionalLong objectSize, Optional<String> dataPool) {
  /** The image can be a clone. */
  public static final long FEATURE_LAYERING = 1;

  /** Data is striped over objects in smaller pieces. */
  public static final long FEATURE_STRIPINGV2 = 1 << 1;

  /** One client at a time writes, and knows it. */
  public static final long FEATURE_EXCLUSIVE_LOCK = 1 << 2;

  /** Which objects there are is known without asking for each; needs the exclusive lock. */
  public static final long FEATURE_OBJECT_MAP = 1 << 3;

  /** Which objects changed is known, too; needs the object map. */
  public static final long FEATURE_FAST_DIFF = 1 << 4;

  /** Flattening lets even snapshots depend on no parent. */
  public static final long FEATURE_DEEP_FLATTEN = 1 << 5;

  /** Every write goes to a journal first. */
  public static final long FEATURE_JOURNALING = 1 << 6;

  /** Data is in a pool of its own. */
  public static final long FEATURE_DATA_POOL = 1 << 7;

  /**
   * {@code RBD_FEATURE_OPERATIONS}: something is done with the image that older clients do not
   * know, such as cloning by clone format 2, on both sides.
   */
  static final long FEATURE_OPERATIONS = 1 << 8;

  /** All as the cluster has it. */
  public static final ImageOptions DEFAULT =
      new ImageOptions(OptionalLong.empty(), OptionalLong.empty(), Optional.empty());

  private static final long LEAST_OBJECT_SIZE = 4 << 10;
  private static final long MOST_OBJECT_SIZE = 32 << 20;

  /** Checks the parts. */
  public ImageOptions {
    objectSize.ifPresent(
        size -> {
          if (Long.bitCount(size) != 1 || size < LEAST_OBJECT_SIZE || size > MOST_OBJECT_SIZE) {
            throw new IllegalArgumentException(
                "object size (%d) must be a power of two from %d to %d"
                    .formatted(size, LEAST_OBJECT_SIZE, MOST_OBJECT_SIZE));
          }
        });
    dataPool.ifPresent(pool -> Names.check("data pool", pool));
  }

  /** Uses librbd's own options. */
  @FunctionalInterface
  interface Use {
    int use(Pointer options);
  }

  /** Runs a call with these as librbd's options, and with one more. */
  int with(int option, long value, Use use) {
    Librbd rbd = CephLibraries.rbd();
    PointerByReference made = new PointerByReference();
    rbd.rbd_image_options_create(made);
    Pointer options = made.getValue();
    try {
      int result = rbd.rbd_image_options_set_uint64(options, option, value);
      if (result >= 0 && features.isPresent()) {
        result =
            rbd.rbd_image_options_set_uint64(
                options, Librbd.IMAGE_OPTION_FEATURES, features.getAsLong());
      }
      if (result >= 0 && objectSize.isPresent()) {
        int order = Long.numberOfTrailingZeros(objectSize.getAsLong());
        result = rbd.rbd_image_options_set_uint64(options, Librbd.IMAGE_OPTION_ORDER, order);
      }
      if (result >= 0 && dataPool.isPresent()) {
        result =
            rbd.rbd_image_options_set_string(
                options, Librbd.IMAGE_OPTION_DATA_POOL, dataPool.get());
      }
      return result < 0 ? result : use.use(options);
    } finally {
      rbd.rbd_image_options_destroy(options);
    }
  }
}
