package io.diskwright.backend.lvm;

import io.diskwright.backend.lvm.lvm2.GroupState;
import io.diskwright.spi.Answer;
import io.diskwright.spi.backend.Finding;
import io.diskwright.spi.backend.PoolUsage;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.toolkit.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks whether everything is there that a pool needs, beyond what opening it has looked at. */
final class LvmCheck {
  /** One in so many bytes of the area for a group's metadata must be free. */
  private static final int BYTES_PER_FREE_BYTE = 10;

  private LvmCheck() {}

  static List<Finding> of(LvmPool pool, LvmBases bases, Call call) throws IOException {
    List<Finding> findings = new ArrayList<>(pool.checkSpace(call));
    findings.add(freeSpace(pool, call));
    findings.add(metadata(pool, call));
    findings.add(
        new Finding(
            "folder",
            Files.isWritable(pool.folder().path())
                ? Answer.ofYes()
                : Answer.no("it cannot be written; check its owner and its file system"),
            pool.folder().path().toString()));
    findings.addAll(bases.check());
    findings.add(new Finding("end of child processes", ChildProcess.endWithUs(), ""));
    return findings;
  }

  /** lvm2 writes the metadata anew beside the old at each change. */
  private static Finding metadata(LvmPool pool, Call call) throws DiskException {
    Optional<GroupState> group = pool.group().state(call);
    long size = group.map(GroupState::metadataSize).orElse(0L);
    long free = group.map(GroupState::metadataFree).orElse(0L);
    return new Finding(
        "room in the group's metadata",
        free >= size / BYTES_PER_FREE_BYTE
            ? Answer.ofYes()
            : Answer.no(
                "few more volumes fit; delete some, or use physical volumes made with a larger"
                    + " --metadatasize"),
        "%d of %d bytes free".formatted(free, size));
  }

  private static Finding freeSpace(LvmPool pool, Call call) throws IOException {
    PoolUsage usage = pool.usage(call);
    return new Finding(
        "free space",
        usage.free() > pool.keepFree()
            ? Answer.ofYes()
            : Answer.no("no more is free than keep-free keeps; free some, or lower it"),
        "%d of %d bytes, %d kept free, %d reserved"
            .formatted(
                usage.free(), usage.capacity(), pool.keepFree(), pool.reservations().reserved()));
  }
}
