package io.diskwright.core;

import io.diskwright.core.config.Configuration;
import io.diskwright.core.config.SourceConfig;
import io.diskwright.core.discovery.LoadedProvider;
import io.diskwright.core.discovery.Providers;
import io.diskwright.core.provision.ImageSources;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.ImageSource;
import io.diskwright.spi.image.ImageSourceProvider;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Opens each image source when it is first used. */
final class OpenSources implements ImageSources {
  private final Configuration configuration;
  private final Providers providers;
  private final Map<String, ImageSource> open = new LinkedHashMap<>();
  private boolean closed;

  OpenSources(Configuration configuration, Providers providers) {
    this.configuration = configuration;
    this.providers = providers;
  }

  @Override
  public synchronized ImageSource forScheme(String scheme) throws DiskException {
    if (closed) {
      throw new IllegalStateException("diskwright is closed");
    }
    LoadedProvider<ImageSourceProvider> loaded =
        providers.sourceForScheme(scheme).orElseThrow(() -> noSource(scheme));
    ImageSource source = open.get(loaded.id());
    if (source == null) {
      source = Guard.open(loaded, settings(loaded.id()));
      open.put(loaded.id(), source);
    }
    return source;
  }

  /** A source that can do without settings is in the configuration by itself. */
  private Settings settings(String id) throws DiskException {
    SourceConfig config = configuration.sources().get(id);
    if (config == null) {
      throw DiskException.of(Reason.CONFIGURATION, "open image source")
          .resource(id)
          .said("it has required keys, and nothing is configured for it")
          .remedy("add sources.%s to the configuration".formatted(id))
          .build();
    }
    return config.settings();
  }

  private DiskException noSource(String scheme) {
    return DiskException.of(Reason.UNSUPPORTED, "find image")
        .resource(scheme + ":")
        .said(
            "no image source has this scheme; there are " + String.join(", ", providers.schemes()))
        .remedy("put the source's jar on the class path, or write ./ before a path with a colon")
        .build();
  }

  synchronized void close() throws DiskException {
    closed = true;
    List<ImageSource> sources = new ArrayList<>(open.values());
    open.clear();
    Closing closing = new Closing();
    sources.forEach(source -> closing.close(source::close));
    closing.throwIfFailed();
  }
}
