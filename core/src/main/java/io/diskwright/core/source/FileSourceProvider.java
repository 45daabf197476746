package io.diskwright.core.source;

import io.diskwright.spi.Answer;
import io.diskwright.spi.Spi;
import io.diskwright.spi.config.ConfigKey;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.image.ImageSource;
import io.diskwright.spi.image.ImageSourceProvider;
import java.util.List;
import java.util.Set;

/** Finds the image source {@code file}; not to be used directly. */
public final class FileSourceProvider implements ImageSourceProvider {
  /** Its id. */
  public static final String ID = "file";

  /** For {@link java.util.ServiceLoader}. */
  public FileSourceProvider() {}

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
    return List.of();
  }

  @Override
  public Answer probe() {
    return Answer.ofYes();
  }

  @Override
  public Set<String> schemes() {
    return Set.of("file");
  }

  @Override
  public ImageSource open(Settings settings) {
    return new FileSource();
  }
}
