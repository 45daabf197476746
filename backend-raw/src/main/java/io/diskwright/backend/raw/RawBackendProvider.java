package io.diskwright.backend.raw;

import com.google.auto.service.AutoService;
import io.diskwright.spi.Answer;
import io.diskwright.spi.Spi;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.ImageBackendProvider;
import io.diskwright.spi.backend.PoolContext;
import io.diskwright.spi.config.ConfigKey;
import io.diskwright.spi.error.DiskException;
import io.diskwright.toolkit.pool.FilePool;
import io.diskwright.toolkit.pool.FilePoolKeys;
import java.util.List;

/** Finds the backend {@code raw}; not to be used directly. */
@AutoService(ImageBackendProvider.class)
public final class RawBackendProvider implements ImageBackendProvider {
  static final String ID = "raw";

  /** For {@link java.util.ServiceLoader}. */
  public RawBackendProvider() {}

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
    return FilePoolKeys.all();
  }

  @Override
  public Answer probe() {
    return Answer.ofYes();
  }

  @Override
  public ImageBackend open(PoolContext context) throws DiskException {
    return new RawBackend(FilePool.open(context, ID));
  }
}
