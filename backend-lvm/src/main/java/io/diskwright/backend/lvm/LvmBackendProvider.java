package io.diskwright.backend.lvm;

import com.google.auto.service.AutoService;
import io.diskwright.backend.lvm.lvm2.VolumeGroup;
import io.diskwright.spi.Answer;
import io.diskwright.spi.Spi;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.ImageBackendProvider;
import io.diskwright.spi.backend.PoolContext;
import io.diskwright.spi.config.ConfigKey;
import io.diskwright.spi.error.DiskException;
import java.util.List;

/** Finds the backend {@code lvm}; not to be used directly. */
@AutoService(ImageBackendProvider.class)
public final class LvmBackendProvider implements ImageBackendProvider {
  static final String ID = "lvm";

  /** For {@link java.util.ServiceLoader}. */
  public LvmBackendProvider() {}

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
    return LvmKeys.all();
  }

  @Override
  public Answer probe() {
    return VolumeGroup.TOOL.find().isPresent()
        ? Answer.ofYes()
        : Answer.no("there is no program lvm; " + VolumeGroup.TOOL.remedy());
  }

  @Override
  public ImageBackend open(PoolContext context) throws DiskException {
    return LvmPools.open(context, ID);
  }
}
