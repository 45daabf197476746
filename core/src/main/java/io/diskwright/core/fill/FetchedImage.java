package io.diskwright.core.fill;

import io.diskwright.core.inspect.Verdict;
import io.diskwright.spi.error.DiskException;

/** An image that has been looked at, as far as it is here, and found safe. */
public sealed interface FetchedImage extends AutoCloseable permits LocalImage, ArrivingImage {
  /** Returns what inspection has found: its format and virtual size are known. */
  Verdict verdict();

  /** Returns how many bytes the image has, in its format. */
  long length();

  @Override
  void close() throws DiskException;
}
