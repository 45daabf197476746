package io.diskwright.core;

import io.diskwright.core.discovery.LoadedProvider;
import io.diskwright.spi.Answer;
import io.diskwright.spi.Spi;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.ImageBackendProvider;
import io.diskwright.spi.backend.PoolContext;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.ImageSource;
import io.diskwright.spi.image.ImageSourceProvider;
import org.jspecify.annotations.Nullable;

/**
 * Opens a pool or an image source with somebody else's provider, which may not fit this version or
 * this host.
 */
final class Guard {
  private Guard() {}

  /** Somebody else's code. */
  @FunctionalInterface
  interface Opener<T> {
    @Nullable T open() throws DiskException;
  }

  static ImageBackend open(LoadedProvider<ImageBackendProvider> loaded, PoolContext context)
      throws DiskException {
    String what = "pool '" + context.name() + "'";
    return open("open " + what, loaded, () -> loaded.provider().open(context));
  }

  static ImageSource open(LoadedProvider<ImageSourceProvider> loaded, Settings settings)
      throws DiskException {
    return open("open image source", loaded, () -> loaded.provider().open(settings));
  }

  private static <T> T open(String tried, LoadedProvider<?> loaded, Opener<T> opener)
      throws DiskException {
    Answer available = loaded.availability();
    if (!available.yes()) {
      throw failed(tried, loaded, Reason.UNAVAILABLE, available.reason()).build();
    }
    T opened;
    try {
      opened = opener.open();
    } catch (LinkageError e) {
      String said =
          "it was built for version %d of the SPI, and this is version %d: %s"
              .formatted(loaded.spiVersion(), Spi.VERSION, e);
      throw failed(tried, loaded, Reason.INTERNAL, said).cause(e).build();
    } catch (RuntimeException e) {
      throw failed(tried, loaded, Reason.INTERNAL, "it failed: " + e).cause(e).build();
    }
    if (opened == null) {
      throw failed(tried, loaded, Reason.INTERNAL, "it opened nothing").build();
    }
    return opened;
  }

  private static DiskException.Builder failed(
      String tried, LoadedProvider<?> loaded, Reason reason, String said) {
    return DiskException.of(reason, tried)
        .resource("%s of %s".formatted(loaded.id(), loaded.jar()))
        .said(said)
        .remedy("see: diskwright backend list");
  }
}
