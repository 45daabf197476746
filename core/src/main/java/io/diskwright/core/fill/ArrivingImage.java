package io.diskwright.core.fill;

import io.diskwright.core.inspect.Inspection;
import io.diskwright.core.inspect.Verdict;
import io.diskwright.spi.error.DiskException;
import org.jspecify.annotations.Nullable;

/**
 * A raw image that is on its way, and goes straight to where it is wanted. What its last bytes tell
 * is known only then.
 *
 * @param stream all of its bytes
 * @param inspection has seen none of them yet; null when nothing is to be made of them
 * @param verdict what its first bytes have told
 * @param length how many bytes there are to be
 */
record ArrivingImage(
    PeekedStream stream, @Nullable Inspection inspection, Verdict verdict, long length)
    implements FetchedImage {
  @Override
  public void close() throws DiskException {
    stream.close();
  }
}
