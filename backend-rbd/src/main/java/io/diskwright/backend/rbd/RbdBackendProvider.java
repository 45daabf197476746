package io.diskwright.backend.rbd;

import com.google.auto.service.AutoService;
import io.diskwright.backend.rbd.ceph.CephLibraries;
import io.diskwright.spi.Answer;
import io.diskwright.spi.Spi;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.ImageBackendProvider;
import io.diskwright.spi.backend.PoolContext;
import io.diskwright.spi.config.ConfigKey;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import java.util.List;

/** Finds the backend {@code rbd}; not to be used directly. */
@AutoService(ImageBackendProvider.class)
public final class RbdBackendProvider implements ImageBackendProvider {
  static final String ID = "rbd";

  /** For {@link java.util.ServiceLoader}; touches no native library. */
  public RbdBackendProvider() {}

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
    return RbdKeys.all();
  }

  @Override
  public Answer probe() {
    return CephLibraries.whyMissing().map(Answer::no).orElseGet(Answer::ofYes);
  }

  @Override
  public Answer accepts(Settings settings) {
    return RbdSettings.accepts(settings);
  }

  @Override
  public ImageBackend open(PoolContext context) throws DiskException {
    return new RbdBackend(RbdPools.open(context, ID));
  }
}
