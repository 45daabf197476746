package io.diskwright.core.fill;

import io.diskwright.core.inspect.Verdict;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.Sink;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Image;
import io.diskwright.toolkit.process.Cage;
import io.diskwright.toolkit.process.ChildProcess;
import io.diskwright.toolkit.process.QemuImgProgress;
import io.diskwright.toolkit.process.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Converts an image, which has been inspected and found safe, to raw. Its format is parsed by
 * QEMU's tools, in a cage, and they are told which it is. One thread.
 */
final class Conversion {
  static final String TRIED = "convert image";
  private static final String MOST_COROUTINES = "16";

  /** What qemu-img writes at once; with a rate it does nothing until that has had its time. */
  private static final long LARGEST_WRITE = 2L * 1024 * 1024;

  private final Image image;
  private final Path source;
  private final Verdict from;
  private final FillLimits limits;
  private final Call call;

  private Conversion(Image image, Path source, Verdict from, FillLimits limits, Call call) {
    this.image = image;
    this.source = source;
    this.from = from;
    this.limits = limits;
    this.call = call;
  }

  /**
   * Prepares a conversion.
   *
   * @param image the image, for messages
   * @param source a local file with just its bytes, as {@link io.diskwright.spi.image.Content#path}
   *     tells it
   * @param from what inspection has found it to be
   * @throws DiskException with reason {@code UNSUPPORTED} when there is no such file
   */
  static Conversion of(
      Image image, Optional<Path> source, Verdict from, FillLimits limits, Call call)
      throws DiskException {
    Path path =
        source.orElseThrow(
            () ->
                DiskException.of(Reason.UNSUPPORTED, TRIED)
                    .resource(image.toString())
                    .said("QEMU's tools need a file, and the image has none")
                    .remedy("convert the image to raw first")
                    .build());
    return new Conversion(image, path, from, limits, call);
  }

  /** Returns whether a sink has a file that {@link #into} can write. */
  static boolean writesFile(Sink sink) {
    return sink.path().filter(Files::isRegularFile).isPresent();
  }

  /**
   * Has {@code qemu-img convert} write the sink's file, many reads at once, in whatever order they
   * come.
   */
  void into(Sink sink) throws DiskException {
    Path tool = Tool.QEMU_IMG.require(TRIED);
    Path target = sink.path().orElseThrow();
    try {
      Cage cage = ConversionCage.around(source, sink.size(), sink.size(), limits).writing(target);
      String unused =
          ChildProcess.of(TRIED, tool, arguments(cage, sink.readsAsZero()))
              .in(cage)
              .stallTimeout(limits.stall().plus(limits.timeFor(LARGEST_WRITE)))
              .onOutput(new QemuImgProgress("converting", sink.size(), call.progress()))
              .run(limits.boundedFor(sink.size(), call));
    } catch (DiskException e) {
      throw e.on(null, image.toString());
    }
  }

  private List<String> arguments(Cage cage, boolean readsAsZero) {
    List<String> arguments = new ArrayList<>(List.of("convert", "-p"));
    arguments.addAll(ConversionCage.options(from));
    arguments.addAll(List.of("-O", DiskFormat.RAW.id()));
    arguments.add("-n"); // the target is there, at its size
    if (readsAsZero) {
      arguments.add("--target-is-zero");
    }
    limits.rate().ifPresent(rate -> arguments.addAll(List.of("-r", Long.toString(rate))));
    arguments.addAll(List.of("-W", "-m", MOST_COROUTINES));
    arguments.addAll(List.of(ConversionCage.name(from, cage.image()), cage.target().toString()));
    return arguments;
  }

  /**
   * Copies what a caged {@code qemu-nbd} reads into a sink that has no file, or none that a tool
   * may write: only we hold what the storage asks for.
   *
   * @param checksum takes the bytes as they come by, when one is wanted
   */
  void copyInto(Sink sink, @Nullable BlockChecksum checksum) throws DiskException {
    Call bounded = limits.boundedFor(sink.size(), call);
    int readers = ParallelCopy.readers(sink);
    try (CagedExport export =
        CagedExport.open(source, from, readers, sink.size(), limits, bounded)) {
      try {
        Pace pace = new Pace(limits.rate(), Pace.Clock.SYSTEM);
        Content content = export.content();
        long unused =
            new ParallelCopy(content, sink, pace, checksum, ParallelCopy.Words.CONVERT, bounded)
                .run(content::close);
      } catch (DiskException e) {
        throw export.explain(e);
      }
    } catch (DiskException e) {
      throw e.on(null, image.toString());
    }
  }
}
