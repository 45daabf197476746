package io.diskwright.source.http;

import com.google.auto.service.AutoService;
import io.diskwright.spi.Answer;
import io.diskwright.spi.Spi;
import io.diskwright.spi.config.ConfigKey;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.ImageSource;
import io.diskwright.spi.image.ImageSourceProvider;
import java.util.List;
import java.util.Set;

/** Finds the image source {@code http}; not to be used directly. */
@AutoService(ImageSourceProvider.class)
public final class HttpSourceProvider implements ImageSourceProvider {
  static final String ID = "http";

  /** For {@link java.util.ServiceLoader}. */
  public HttpSourceProvider() {}

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
    return HttpSettings.KEYS;
  }

  @Override
  public Answer probe() {
    return Answer.ofYes();
  }

  @Override
  public Set<String> schemes() {
    return Set.of("http", "https");
  }

  @Override
  public ImageSource open(Settings settings) throws DiskException {
    return HttpSource.open(HttpSettings.of(settings), Lookup.SYSTEM, System.getenv(), Tuning.USUAL);
  }
}
