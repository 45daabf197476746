package io.diskwright.backend.qcow2;

import com.google.auto.service.AutoService;
import io.diskwright.spi.Answer;
import io.diskwright.spi.Spi;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.ImageBackendProvider;
import io.diskwright.spi.backend.PoolContext;
import io.diskwright.spi.config.ConfigKey;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.toolkit.pool.FilePool;
import io.diskwright.toolkit.pool.FilePoolKeys;
import java.util.List;
import java.util.stream.Stream;

/** Finds the backend {@code qcow2}; not to be used directly. */
@AutoService(ImageBackendProvider.class)
public final class Qcow2BackendProvider implements ImageBackendProvider {
  static final String ID = "qcow2";
  static final String KEEP = "keep";

  static final ConfigKey<String> BASE_FORMAT =
      ConfigKey.choice(
              "base-format",
              "Whether bases are always raw, or an image that comes as qcow2 is kept as it is.",
              "raw",
              KEEP)
          .withDefault("raw");

  static final ConfigKey<Long> CLUSTER_SIZE =
      ConfigKey.size(
              "cluster-size", "The cluster size of new disks, a power of two from 512 to 2M.")
          .withDefault(64L * 1024);

  static final ConfigKey<Boolean> EXTENDED_L2 =
      ConfigKey.flag(
              "extended-l2",
              "Whether new disks allocate clusters in 32 parts each; wants a cluster size of 16K or"
                  + " more, best 128K, and QEMU 5.2 or newer.")
          .withDefault(false);

  /** For {@link java.util.ServiceLoader}. */
  public Qcow2BackendProvider() {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public int spiVersion() {
    return Spi.VERSION;
  }

  @Override
  public List<ConfigKey<?>> configKeys() {
    return Stream.concat(
            FilePoolKeys.all().stream(), Stream.of(BASE_FORMAT, CLUSTER_SIZE, EXTENDED_L2))
        .toList();
  }

  /**
   * Making disks needs no tool; growing, flattening and snapshots say themselves what they miss.
   */
  @Override
  public Answer probe() {
    return Answer.ofYes();
  }

  @Override
  public Answer accepts(Settings settings) {
    return Qcow2Settings.accepts(settings);
  }

  @Override
  public ImageBackend open(PoolContext context) throws DiskException {
    Qcow2Settings settings = Qcow2Settings.of(context);
    return new Qcow2Backend(FilePool.open(context, ID), settings);
  }
}
