package io.diskwright.backend.qcow2;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.toolkit.process.ChildProcess;
import io.diskwright.toolkit.process.QemuImgProgress;
import io.diskwright.toolkit.process.Tool;
import java.time.Duration;
import java.util.List;

/** Runs {@code qemu-img} on the pool's own disks; every call names the format. */
final class QemuImg {
  private final Duration stallTimeout;

  QemuImg(Duration stallTimeout) {
    this.stallTimeout = stallTimeout;
  }

  void run(String tried, Call call, List<String> arguments) throws DiskException {
    String unused =
        ChildProcess.of(tried, Tool.QEMU_IMG.require(tried), arguments)
            .stallTimeout(stallTimeout)
            .run(call);
  }

  void runWithProgress(String tried, String step, long size, Call call, List<String> arguments)
      throws DiskException {
    String unused =
        ChildProcess.of(tried, Tool.QEMU_IMG.require(tried), arguments)
            .stallTimeout(stallTimeout)
            .onOutput(new QemuImgProgress(step, size, call.progress()))
            .run(call);
  }
}
