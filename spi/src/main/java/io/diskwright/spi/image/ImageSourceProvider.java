package io.diskwright.spi.image;

import io.diskwright.spi.Provider;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import java.util.Set;

/** Makes image sources of one kind; what {@link java.util.ServiceLoader} finds. */
public interface ImageSourceProvider extends Provider {
  /** Returns the schemes of the references it resolves, in lower case, such as {@code file}. */
  Set<String> schemes();

  /**
   * Opens a source.
   *
   * @param settings the values of the keys that it declares
   * @return the source; the caller closes it
   * @throws DiskException when it cannot be opened
   */
  ImageSource open(Settings settings) throws DiskException;
}
