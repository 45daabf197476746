package io.diskwright.core.fill;

import io.diskwright.spi.Answer;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.process.Cage;
import io.diskwright.toolkit.process.CageLimits;
import io.diskwright.toolkit.process.CageSupport;
import java.nio.file.Path;
import java.time.Duration;

/** The cage in which QEMU's tools read an image, and what they are told of it. */
final class ConversionCage {
  /** What was measured is a quarter of it, most of that the stacks of 64 threads. */
  private static final long ADDRESS_SPACE = 2L << 30;

  /** What was measured is 11, and one for each connection. */
  private static final int OPEN_FILES = 64;

  /** Unpacking a GiB takes some 10 s; a slow processor has its time. */
  private static final Duration CPU_TIME = Duration.ofMinutes(10);

  private static final Duration CPU_TIME_PER_GIB = Duration.ofMinutes(1);
  private static final long GIB = 1L << 30;

  private ConversionCage() {}

  /**
   * Returns a cage with an image.
   *
   * @param image a path to it
   * @param virtualSize the guest-visible bytes that are read
   * @param written how long the file is that is written, in bytes; 0 for none
   * @param limits say whether all of the cage must be there
   * @throws DiskException with reason {@code UNAVAILABLE} when it must, and is not
   */
  static Cage around(Path image, long virtualSize, long written, FillLimits limits)
      throws DiskException {
    Answer whole = limits.requireCage() ? CageSupport.ofHost().whole() : Answer.ofYes();
    if (!whole.yes()) {
      throw DiskException.of(Reason.UNAVAILABLE, Conversion.TRIED)
          .said("the pool requires the whole cage, and this host is short of it: " + whole.reason())
          .remedy("see: diskwright pool check; else set the pool's require-cage to false")
          .build();
    }
    Duration cpuTime = CPU_TIME.plus(CPU_TIME_PER_GIB.multipliedBy(virtualSize / GIB));
    return Cage.around(image, new CageLimits(ADDRESS_SPACE, cpuTime, written, OPEN_FILES));
  }

  /** Returns how QEMU calls a format. */
  static String qemuName(DiskFormat format) {
    return format == DiskFormat.VHD ? "vpc" : format.id();
  }
}
