package io.diskwright.core.fill;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.Sink;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Deadline;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Image;
import io.diskwright.toolkit.process.ChildProcess;
import io.diskwright.toolkit.process.QemuImgProgress;
import io.diskwright.toolkit.process.Tool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Converts an image to raw with {@code qemu-img convert}: both formats named, many reads at once,
 * written in whatever order they come.
 */
final class Conversion {
  private static final String TRIED = "convert image";
  private static final String MOST_COROUTINES = "16";

  /** What qemu-img writes at once; with a rate it does nothing until that has had its time. */
  private static final long LARGEST_WRITE = 2L * 1024 * 1024;

  private final Image image;
  private final Content data;
  private final DiskFormat from;
  private final FillLimits limits;
  private final Call call;

  Conversion(Image image, Content data, DiskFormat from, FillLimits limits, Call call) {
    this.image = image;
    this.data = data;
    this.from = from;
    this.limits = limits;
    this.call = call;
  }

  /** Converts; returns how many bytes the tool had to go through at the most. */
  long into(Sink sink) throws DiskException {
    Path tool = Tool.QEMU_IMG.require(TRIED);
    Path source = data.path().orElseThrow(() -> noPath("the image"));
    Path target = sink.path().orElseThrow(() -> noPath("the pool's storage"));
    Duration longest = limits.conversion().plus(limits.timeFor(sink.size()));
    Deadline deadline = call.deadline().earlierOf(Deadline.after(longest));
    Call bounded = Call.of(deadline, call.cancellation(), call.progress());
    try {
      String unused =
          ChildProcess.of(TRIED, tool, arguments(source, target, sink.readsAsZero()))
              .stallTimeout(limits.stall().plus(limits.timeFor(LARGEST_WRITE)))
              .onOutput(new QemuImgProgress("converting", sink.size(), call.progress()))
              .run(bounded);
    } catch (DiskException e) {
      throw e.on(null, image.toString());
    }
    return data.size();
  }

  private List<String> arguments(Path source, Path target, boolean readsAsZero) {
    List<String> arguments =
        new ArrayList<>(List.of("convert", "-p", "-f", from.id(), "-O", DiskFormat.RAW.id()));
    arguments.add("-n"); // the target is there, at its size
    if (readsAsZero) {
      arguments.add("--target-is-zero");
    }
    limits.rate().ifPresent(rate -> arguments.addAll(List.of("-r", Long.toString(rate))));
    arguments.addAll(List.of("-W", "-m", MOST_COROUTINES, source.toString(), target.toString()));
    return arguments;
  }

  private DiskException noPath(String what) {
    return DiskException.of(Reason.UNSUPPORTED, TRIED)
        .resource(image.toString())
        .said("qemu-img needs a file or device, and %s has none".formatted(what))
        .remedy("convert the image to raw first")
        .build();
  }
}
