package io.diskwright.toolkit.source;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.ImageRequest;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A list of digests beside an image, such as {@code SHA256SUMS}, in the formats of GNU's and BSD's
 * tools; immutable.
 *
 * <p>Lines in other formats, such as those of a signature around the list, are passed over. No
 * signature is verified.
 */
public final class DigestList {
  /** The most bytes that a list may have. */
  public static final int MOST_BYTES = 1024 * 1024;

  private static final String TRIED = "find the image's digest in";
  private static final Pattern GNU = Pattern.compile("(\\\\?)([0-9A-Fa-f]{32,}) [ *](.+)");
  private static final Pattern BSD =
      Pattern.compile("(\\\\?)(\\w+(?:-\\d+)?) ?\\((.+)\\) ?= ?([0-9A-Fa-f]{32,})");

  /** Strongest first. */
  private enum Algorithm {
    SHA512(128),
    SHA256(64),
    MD5(32);

    private final int digits;

    Algorithm(int digits) {
      this.digits = digits;
    }

    private String id() {
      return name().toLowerCase(Locale.ROOT);
    }

    private static Optional<Algorithm> ofDigits(int digits) {
      for (Algorithm algorithm : values()) {
        if (algorithm.digits == digits) {
          return Optional.of(algorithm);
        }
      }
      return Optional.empty();
    }

    private static Optional<Algorithm> ofLabel(String label, int digits) {
      String plain = label.toUpperCase(Locale.ROOT).replace("SHA2-", "SHA").replace("-", "");
      return ofDigits(digits).filter(algorithm -> algorithm.name().equals(plain));
    }
  }

  private final String shown;
  private final String text;

  /**
   * Takes a list.
   *
   * @param shown the list's path or URL, as messages name it
   * @param bytes what it holds
   */
  public DigestList(String shown, byte[] bytes) {
    this.shown = shown;
    this.text = new String(bytes, StandardCharsets.UTF_8);
  }

  /**
   * Checks that a request's digest file is a plain name, and that no digest is declared besides.
   *
   * @return the name, when the request has one
   * @throws DiskException with reason {@code INVALID_REQUEST}
   */
  public static Optional<String> nameOf(ImageRequest request) throws DiskException {
    Optional<String> name = request.digestFile();
    if (name.isPresent() && request.digest().isPresent()) {
      throw invalid(name.get(), "a digest is declared besides", "declare one of both");
    }
    if (name.isPresent()
        && (name.get().isBlank() || name.get().matches(".*[/\\\\\\p{Cntrl}].*|\\.{1,2}"))) {
      throw invalid(
          name.get(),
          "it is not the name of a file beside the image",
          "name it without its folder, such as SHA256SUMS");
    }
    return name;
  }

  private static DiskException invalid(String name, String said, String remedy) {
    return DiskException.of(Reason.INVALID_REQUEST, "use digest file")
        .resource(name)
        .said(said)
        .remedy(remedy)
        .build();
  }

  /**
   * Returns the failure of a list that has more than {@link #MOST_BYTES}.
   *
   * @param shown the list's path or URL
   */
  public static DiskException tooLong(String shown) {
    return DiskException.of(Reason.IMAGE_UNACCEPTABLE, TRIED)
        .resource(shown)
        .said("it has more than %d bytes".formatted(MOST_BYTES))
        .remedy("name a file that only lists digests, or declare the image's digest itself")
        .build();
  }

  /**
   * Returns the digest of a file, by the strongest algorithm that the list has it by.
   *
   * @param name the file's name, without its folder
   * @throws DiskException with reason {@code IMAGE_UNACCEPTABLE} when the list does not have it, or
   *     has two that differ
   */
  public Digest find(String name) throws DiskException {
    Map<Algorithm, String> found = new EnumMap<>(Algorithm.class);
    for (String line : text.lines().toList()) {
      Entry entry = read(line.stripTrailing());
      if (entry != null && entry.isOf(name)) {
        String before = found.putIfAbsent(entry.algorithm, entry.hex);
        if (before != null && !before.equals(entry.hex)) {
          throw refused("it lists '%s' twice, with different digests".formatted(name));
        }
      }
    }
    Map.Entry<Algorithm, String> strongest =
        found.entrySet().stream()
            .findFirst()
            .orElseThrow(
                () -> refused("it lists no sha256, sha512 or md5 digest of '%s'".formatted(name)));
    return new Digest(strongest.getKey().id(), strongest.getValue());
  }

  private DiskException refused(String said) {
    return DiskException.of(Reason.IMAGE_UNACCEPTABLE, TRIED)
        .resource(shown)
        .said(said)
        .remedy("name another list, or declare the image's digest itself")
        .build();
  }

  private record Entry(Algorithm algorithm, String hex, String name) {
    /** A list that was made in the same folder may write {@code ./name}. */
    boolean isOf(String wanted) {
      return name.equals(wanted) || name.equals("./" + wanted);
    }
  }

  private static @Nullable Entry read(String line) {
    Matcher gnu = GNU.matcher(line);
    if (gnu.matches()) {
      return entry(Algorithm.ofDigits(gnu.group(2).length()), gnu.group(2), gnu, gnu.group(3));
    }
    Matcher bsd = BSD.matcher(line);
    if (bsd.matches()) {
      String hex = bsd.group(4);
      return entry(Algorithm.ofLabel(bsd.group(2), hex.length()), hex, bsd, bsd.group(3));
    }
    return null;
  }

  /** After a backslash at its begin, a line has the name with some characters escaped. */
  private static @Nullable Entry entry(
      Optional<Algorithm> algorithm, String hex, Matcher line, String name) {
    if (algorithm.isEmpty()) {
      return null;
    }
    String plain =
        line.group(1).isEmpty()
            ? name
            : name.replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\");
    return new Entry(algorithm.get(), hex.toLowerCase(Locale.ROOT), plain);
  }
}
