package io.diskwright.backend.lvm;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.toolkit.os.BlockDevice;
import io.diskwright.toolkit.os.OsException;
import java.util.Arrays;
import java.util.Locale;

/** What is done to a linear volume before it is removed. */
enum Wiping {
  /** All of it is overwritten. */
  ZERO,

  /** The device is told that nobody needs it; where it does not take that, as {@link #ZERO}. */
  DISCARD,

  /** Nothing: who gets its extents can read what was on it. */
  NONE;

  static final String[] WORDS = Arrays.stream(values()).map(Wiping::word).toArray(String[]::new);

  /** So much at once, so that a call that is over is noticed. */
  private static final long STEP = 64L * 1024 * 1024;

  private static final long DISCARD_STEP = 16 * STEP;
  private static final String WIPE = "wipe volume";

  private String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Wiping of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** Wipes a device, durably. */
  void wipe(BlockDevice device, long size, Call call) throws DiskException, OsException {
    if (this == ZERO || (this == DISCARD && !discard(device, size, call))) {
      zero(device, size, WIPE, "wiping", call);
    }
    device.sync();
  }

  private static boolean discard(BlockDevice device, long size, Call call)
      throws DiskException, OsException {
    for (long at = 0; at < size; at += DISCARD_STEP) {
      call.check(WIPE);
      call.progress().report("discarding", at, size);
      if (!device.discard(at, Math.min(DISCARD_STEP, size - at))) {
        return false;
      }
    }
    return true;
  }

  /** Has a device read as zeros, not durably yet. */
  static void zero(BlockDevice device, long size, String tried, String step, Call call)
      throws DiskException, OsException {
    for (long at = 0; at < size; at += STEP) {
      call.check(tried);
      call.progress().report(step, at, size);
      device.zero(at, Math.min(STEP, size - at));
    }
  }
}
