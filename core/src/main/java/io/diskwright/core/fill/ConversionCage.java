package io.diskwright.core.fill;

import io.diskwright.core.inspect.Verdict;
import io.diskwright.spi.Answer;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.process.Cage;
import io.diskwright.toolkit.process.CageLimits;
import io.diskwright.toolkit.process.CageSupport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

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

  /** Returns the options by which QEMU's tools are told an image's format. */
  static List<String> options(Verdict from) {
    DiskFormat format = from.format().orElseThrow();
    return format == DiskFormat.VHD ? List.of("--image-opts") : List.of("-f", format.id());
  }

  /**
   * Returns how an image is called behind these options. Of a VHD that says which of its sizes
   * counts, because versions of QEMU differ in that.
   */
  static String name(Verdict from, Path image) {
    if (!from.format().equals(Optional.of(DiskFormat.VHD))) {
      return image.toString();
    }
    String size = from.sizeAsWritten() ? "current_size" : "chs";
    String file = image.toString().replace(",", ",,");
    return "driver=vpc,force_size_calc=%s,file.driver=file,file.filename=%s".formatted(size, file);
  }
}
