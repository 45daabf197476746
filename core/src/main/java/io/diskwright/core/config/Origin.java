package io.diskwright.core.config;

import java.nio.file.Path;
import java.util.Comparator;

/**
 * Where something is written.
 *
 * @param layer which layer it belongs to; later ones win
 * @param position its place within the layer, for sorting
 * @param text how it is shown
 * @param folder what relative paths that are written there are resolved against
 */
record Origin(Layer layer, int position, String text, Path folder) implements Comparable<Origin> {
  enum Layer {
    FILE,
    ENVIRONMENT,
    OPTION
  }

  private static final Comparator<Origin> ORDER =
      Comparator.comparing(Origin::layer).thenComparing(Origin::position);

  @Override
  public int compareTo(Origin other) {
    return ORDER.compare(this, other);
  }
}
