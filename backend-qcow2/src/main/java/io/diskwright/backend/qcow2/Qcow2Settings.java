package io.diskwright.backend.qcow2;

import io.diskwright.spi.Answer;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.PoolContext;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.qcow2.Qcow2Image;
import java.util.List;

/**
 * How a pool's disks and bases are laid out.
 *
 * @param baseFormats the formats in which bases are kept
 * @param clusterSize the cluster size of new disks in bytes
 * @param extendedL2 whether new disks have extended L2 entries
 */
record Qcow2Settings(List<DiskFormat> baseFormats, long clusterSize, boolean extendedL2) {
  /** Tells whether new disks can have such clusters. */
  static Answer accepts(Settings settings) {
    try {
      Qcow2Image.blank(
          512,
          settings.get(Qcow2BackendProvider.CLUSTER_SIZE),
          settings.get(Qcow2BackendProvider.EXTENDED_L2));
      return Answer.ofYes();
    } catch (IllegalArgumentException e) {
      return Answer.no(String.valueOf(e.getMessage()));
    }
  }

  static Qcow2Settings of(PoolContext context) throws DiskException {
    Settings settings = context.settings();
    Answer answer = accepts(settings);
    if (!answer.yes()) {
      throw DiskException.of(Reason.CONFIGURATION, "open pool")
          .pool(context.name().value())
          .resource(Qcow2BackendProvider.CLUSTER_SIZE.name())
          .said(answer.reason())
          .remedy("set cluster-size and extended-l2 to values that go together")
          .build();
    }
    boolean keep = settings.get(Qcow2BackendProvider.BASE_FORMAT).equals(Qcow2BackendProvider.KEEP);
    return new Qcow2Settings(
        keep ? List.of(DiskFormat.RAW, DiskFormat.QCOW2) : List.of(DiskFormat.RAW),
        settings.get(Qcow2BackendProvider.CLUSTER_SIZE),
        settings.get(Qcow2BackendProvider.EXTENDED_L2));
  }
}
