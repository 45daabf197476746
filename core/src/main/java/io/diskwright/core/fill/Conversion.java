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
import io.diskwright.toolkit.qcow2.Qcow2Content;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Converts an image, which has been inspected and found safe, to raw. Its format is parsed by
 * QEMU's tools, in a cage, and they are told which it is; but a qcow2 of plain clusters needs no
 * tool. One thread.
 */
final class Conversion {
  static final String TRIED = "convert image";
  private static final String MOST_COROUTINES = "16";

  /** What qemu-img writes at once; with a rate it does nothing until that has had its time. */
  private static final long LARGEST_WRITE = 2L * 1024 * 1024;

  private final Image image;
  private final Content source;
  private final Verdict from;
  private final FillLimits limits;
  private final Call call;

  /**
   * Prepares a conversion.
   *
   * @param image the image, for messages
   * @param source its bytes
   * @param from what inspection has found it to be
   */
  Conversion(Image image, Content source, Verdict from, FillLimits limits, Call call) {
    this.image = image;
    this.source = source;
    this.from = from;
    this.limits = limits;
    this.call = call;
  }

  /** Returns a path by which QEMU's tools can read just the image's bytes. */
  private Path sourcePath() throws DiskException {
    return source
        .path()
        .orElseThrow(
            () ->
                DiskException.of(Reason.UNSUPPORTED, TRIED)
                    .said("QEMU's tools need a file, and the image has none")
                    .remedy("convert the image to raw first")
                    .build());
  }

  /** Returns whether a sink has a file that {@link #into} can write. */
  static boolean writesFile(Sink sink) {
    return sink.path().filter(Files::isRegularFile).isPresent();
  }

  /**
   * Has {@code qemu-img convert} write the sink's file, many reads at once, in whatever order they
   * come.
   *
   * @throws DiskException with reason {@code UNSUPPORTED} when the image has no file
   */
  void into(Sink sink) throws DiskException {
    Path tool = Tool.QEMU_IMG.require(TRIED);
    Path target = sink.path().orElseThrow();
    try {
      Cage cage =
          ConversionCage.around(sourcePath(), sink.size(), sink.size(), limits).writing(target);
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
   * Copies what machines see of the image into a sink that has no file, or none that a tool may
   * write: only we hold what the storage asks for.
   *
   * @param checksum takes the bytes as they come by, when one is wanted
   * @throws DiskException with reason {@code UNSUPPORTED} when a tool must read the image, and it
   *     has no file
   */
  void copyInto(Sink sink, @Nullable BlockChecksum checksum) throws DiskException {
    Call bounded = limits.boundedFor(sink.size(), call);
    try {
      if (from.plainClusters()) {
        copy(plain(sink.size()), sink, checksum, bounded, ParallelCopy.Abort.NOT_NEEDED);
      } else {
        copyCaged(sink, checksum, bounded);
      }
    } catch (DiskException e) {
      throw e.on(null, image.toString());
    }
  }

  private Content plain(long size) throws DiskException {
    Content content = Qcow2Content.of(source, TRIED);
    if (content.size() != size) {
      throw DiskException.of(Reason.IMAGE_UNACCEPTABLE, TRIED)
          .said("inspection found %d bytes, and now it has %d".formatted(size, content.size()))
          .remedy("wait until nobody writes the image any more, and try again")
          .build();
    }
    return content;
  }

  /** Copies what a {@code qemu-nbd} in a cage reads. */
  private void copyCaged(Sink sink, @Nullable BlockChecksum checksum, Call bounded)
      throws DiskException {
    int readers = ParallelCopy.readers(sink);
    try (CagedExport export =
        CagedExport.open(sourcePath(), from, readers, sink.size(), limits, bounded)) {
      try {
        Content content = export.content();
        copy(content, sink, checksum, bounded, content::close);
      } catch (DiskException e) {
        throw export.explain(e);
      }
    }
  }

  private void copy(
      Content content,
      Sink sink,
      @Nullable BlockChecksum checksum,
      Call bounded,
      ParallelCopy.Abort abort)
      throws DiskException {
    Pace pace = new Pace(limits.rate(), Pace.Clock.SYSTEM);
    long unused =
        new ParallelCopy(content, sink, pace, checksum, ParallelCopy.Words.CONVERT, bounded)
            .run(abort);
  }
}
