package io.diskwright.core;

import io.diskwright.core.discovery.LoadedProvider;
import io.diskwright.spi.Answer;
import io.diskwright.spi.Spi;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.ImageBackendProvider;
import io.diskwright.spi.backend.PoolContext;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;

/** Opens a pool with somebody else's provider, which may not fit this version or this host. */
final class Guard {
  private Guard() {}

  static ImageBackend open(LoadedProvider<ImageBackendProvider> loaded, PoolContext context)
      throws DiskException {
    Answer available = loaded.availability();
    if (!available.yes()) {
      throw failed(loaded, context, Reason.UNAVAILABLE, available.reason()).build();
    }
    try {
      return loaded.provider().open(context);
    } catch (LinkageError e) {
      String said =
          "it was built for version %d of the SPI, and this is version %d: %s"
              .formatted(loaded.spiVersion(), Spi.VERSION, e);
      throw failed(loaded, context, Reason.INTERNAL, said).cause(e).build();
    }
  }

  private static DiskException.Builder failed(
      LoadedProvider<ImageBackendProvider> loaded,
      PoolContext context,
      Reason reason,
      String said) {
    return DiskException.of(reason, "open pool")
        .pool(context.name().value())
        .resource("backend " + loaded.id())
        .said(said)
        .remedy("see: diskwright backend list");
  }
}
