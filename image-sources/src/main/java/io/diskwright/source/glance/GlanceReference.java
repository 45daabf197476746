package io.diskwright.source.glance;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Which image is meant: {@code glance:ID} or {@code glance:NAME}. What looks like an id is one.
 *
 * @param id whether it is an id, and not a name
 * @param text the id in lower case, or the name
 */
record GlanceReference(boolean id, String text) {
  private static final Pattern ID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final int LONGEST_NAME = 255;

  static GlanceReference parse(String reference) throws DiskException {
    String text = reference.substring(reference.indexOf(':') + 1);
    if (ID.matcher(text).matches()) {
      return new GlanceReference(true, text.toLowerCase(Locale.ROOT));
    }
    if (text.isBlank() || text.length() > LONGEST_NAME) {
      throw invalid(reference, "it names no image");
    }
    if (text.startsWith("in:")) {
      throw invalid(reference, "Glance takes a name that begins so for a list of names");
    }
    return new GlanceReference(false, text);
  }

  private static DiskException invalid(String reference, String said) {
    return DiskException.of(Reason.INVALID_REQUEST, "find image")
        .resource(reference)
        .said(said)
        .remedy("name the image as glance:ID or glance:NAME")
        .build();
  }

  @Override
  public String toString() {
    return GlanceSourceProvider.ID + ':' + text;
  }
}
