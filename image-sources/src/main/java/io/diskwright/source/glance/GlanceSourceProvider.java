package io.diskwright.source.glance;

import com.google.auto.service.AutoService;
import io.diskwright.source.http.Tuning;
import io.diskwright.spi.Answer;
import io.diskwright.spi.Spi;
import io.diskwright.spi.config.ConfigKey;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.ImageSource;
import io.diskwright.spi.image.ImageSourceProvider;
import java.util.List;
import java.util.Set;

/** Finds the image source {@code glance}; not to be used directly. */
@AutoService(ImageSourceProvider.class)
public final class GlanceSourceProvider implements ImageSourceProvider {
  static final String ID = "glance";

  /** For {@link java.util.ServiceLoader}. */
  public GlanceSourceProvider() {}

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
    return GlanceSettings.KEYS;
  }

  @Override
  public Answer probe() {
    return Answer.ofYes();
  }

  @Override
  public Set<String> schemes() {
    return Set.of(ID);
  }

  @Override
  public ImageSource open(Settings settings) throws DiskException {
    return GlanceSource.open(GlanceSettings.of(settings), System.getenv(), Tuning.PATIENT);
  }
}
