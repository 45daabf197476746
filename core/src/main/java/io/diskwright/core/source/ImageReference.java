package io.diskwright.core.source;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.source.Redaction;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A reference to an image, in one spelling that does not depend on the working folder.
 *
 * @param scheme the part before the first colon, in lower case; {@code file} for a plain path
 * @param text the whole reference, such as {@code file:/images/a.qcow2}; it may have a secret, such
 *     as the signature of a URL
 */
public record ImageReference(String scheme, String text) {
  private static final Pattern SCHEME =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):(.*)", Pattern.DOTALL);
  private static final String FILE = "file";

  /**
   * Reads a reference without contacting anything.
   *
   * @param reference a plain path, {@code file:…}, or a reference with another scheme
   * @throws DiskException with reason {@code INVALID_REQUEST} when it is none of these
   */
  public static ImageReference parse(String reference) throws DiskException {
    Matcher matcher = SCHEME.matcher(reference);
    if (!matcher.matches()) {
      return file(reference, reference);
    }
    String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
    return scheme.equals(FILE)
        ? file(reference, matcher.group(2))
        : new ImageReference(scheme, scheme + ':' + matcher.group(2));
  }

  private static ImageReference file(String reference, String path) throws DiskException {
    String local = path.startsWith("///") ? path.substring(2) : path;
    if (local.isBlank()) {
      throw invalid(reference, "it names no file");
    }
    try {
      return new ImageReference(FILE, FILE + ':' + withoutDots(Path.of(local).toAbsolutePath()));
    } catch (InvalidPathException e) {
      throw invalid(reference, "it is not a path: " + e.getReason());
    }
  }

  /** Only single dots go: what is behind a double one depends on where links lead. */
  private static Path withoutDots(Path path) {
    Path plain = Path.of("/");
    for (Path part : path) {
      if (!part.toString().equals(".")) {
        plain = plain.resolve(part);
      }
    }
    return plain;
  }

  private static DiskException invalid(String reference, String said) {
    return DiskException.of(Reason.INVALID_REQUEST, "find image")
        .resource(reference)
        .said(said)
        .remedy("name the image by a path, or by file:, http:, https: or glance:")
        .build();
  }

  /** Returns it without what is secret in it, as it is shown, recorded and compared. */
  @Override
  public String toString() {
    return Redaction.of(text);
  }
}
