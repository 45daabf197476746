package io.diskwright.toolkit.process;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** {@code qemu-img convert} between files that are ours: not in a cage. */
public final class QemuImgConvert {
  private QemuImgConvert() {}

  /**
   * Converts a file into another.
   *
   * @param tried what is being done, for messages
   * @param from the source's format
   * @param source the source
   * @param to the target's format
   * @param target the target, which is there and empty
   * @param size the guest-visible size in bytes, for progress
   * @param stallTimeout after how long without progress it is given up
   * @param call deadline, cancellation, progress
   * @throws DiskException when it is missing or fails
   */
  public static void run(
      String tried,
      DiskFormat from,
      Path source,
      DiskFormat to,
      Path target,
      long size,
      Duration stallTimeout,
      Call call)
      throws DiskException {
    List<String> arguments =
        List.of(
            "convert",
            "-p",
            "-f",
            from.id(),
            "-O",
            to.id(),
            "-W",
            "-m",
            "16",
            source.toString(),
            target.toString());
    String unused =
        ChildProcess.of(tried, Tool.QEMU_IMG.require(tried), arguments)
            .stallTimeout(stallTimeout)
            .onOutput(new QemuImgProgress("extracting", size, call.progress()))
            .run(call);
  }
}
