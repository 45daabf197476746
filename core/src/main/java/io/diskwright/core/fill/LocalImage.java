package io.diskwright.core.fill;

import io.diskwright.core.inspect.Verdict;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import org.jspecify.annotations.Nullable;

/**
 * An image that can be read anywhere: its source's own file, or a spool.
 *
 * @param content its bytes
 * @param verdict what inspection has found
 * @param spool what holds them; null when it is the source's file, whose digest nobody has checked
 */
record LocalImage(Content content, Verdict verdict, @Nullable Spool spool) implements FetchedImage {
  @Override
  public long length() {
    return content.size();
  }

  /** Returns whether every byte has come by, so that a declared digest has been checked. */
  boolean digestChecked() {
    return spool != null;
  }

  @Override
  public void close() throws DiskException {
    if (spool != null) {
      spool.close();
    }
  }
}
