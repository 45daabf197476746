package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephAccess;
import io.diskwright.backend.rbd.ceph.ImageOptions;
import io.diskwright.spi.Answer;
import io.diskwright.spi.backend.PoolContext;
import io.diskwright.spi.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A pool's settings.
 *
 * @param access how the cluster is reached
 * @param pool the Ceph pool
 * @param namespace the namespace in it; empty for the default one
 * @param imageOptions how new images are made
 * @param lease after how long without a sign of life a holder has lost its lock
 * @param inUseWait how long a delete waits for who has the disk open
 * @param libvirtSecret the uuid of libvirt's secret
 * @param keepFree bytes that fills leave free
 * @param stallTimeout after how long without progress a child process is given up
 */
record RbdSettings(
    CephAccess access,
    String pool,
    String namespace,
    ImageOptions imageOptions,
    Duration lease,
    Duration inUseWait,
    Optional<String> libvirtSecret,
    long keepFree,
    Duration stallTimeout) {
  /** Without the cache, what is written is on the cluster when the call returns. */
  private static final Map<String, String> OPTIONS = Map.of("rbd_cache", "false");

  /**
   * Tells whether values go together: a lease must be renewed in time although one renewal fails,
   * and images can be made as they are to be.
   */
  static Answer accepts(Settings settings) {
    Duration lease = settings.get(RbdKeys.LEASE);
    Duration timeout = settings.get(RbdKeys.TIMEOUT);
    if (lease.compareTo(timeout.multipliedBy(2)) < 0) {
      return Answer.no(
          "lease (%ds) must be at least twice the timeout (%ds)"
              .formatted(lease.toSeconds(), timeout.toSeconds()));
    }
    try {
      ImageOptions unused = imageOptions(settings);
      return Answer.ofYes();
    } catch (IllegalArgumentException e) {
      return Answer.no(String.valueOf(e.getMessage()));
    }
  }

  static RbdSettings of(PoolContext context) {
    Settings settings = context.settings();
    Optional<Path> conf = Optional.of(settings.get(RbdKeys.CEPH_CONF));
    CephAccess access =
        new CephAccess(
            conf,
            settings.get(RbdKeys.USER),
            settings.find(RbdKeys.KEYRING),
            settings.get(RbdKeys.TIMEOUT),
            OPTIONS);
    return new RbdSettings(
        access,
        settings.get(RbdKeys.POOL),
        settings.find(RbdKeys.NAMESPACE).orElse(""),
        imageOptions(settings),
        settings.get(RbdKeys.LEASE),
        settings.get(RbdKeys.IN_USE_WAIT),
        settings.find(RbdKeys.LIBVIRT_SECRET),
        context.keepFree(),
        context.stallTimeout());
  }

  private static ImageOptions imageOptions(Settings settings) {
    OptionalLong features =
        settings
            .find(RbdKeys.FEATURES)
            .map(names -> OptionalLong.of(RbdFeatures.bits(names)))
            .orElse(OptionalLong.empty());
    OptionalLong objectSize =
        settings.find(RbdKeys.OBJECT_SIZE).map(OptionalLong::of).orElse(OptionalLong.empty());
    return new ImageOptions(features, objectSize, settings.find(RbdKeys.DATA_POOL));
  }
}
