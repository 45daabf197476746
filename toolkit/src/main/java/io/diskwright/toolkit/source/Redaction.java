package io.diskwright.toolkit.source;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes out of a reference what only proves that its bearer may read the image: user and password,
 * tokens, keys, and all that signs a URL.
 *
 * <p>What is left names the image. It is what is shown, recorded and compared, so that the same
 * image with a fresh signature is the same request.
 */
public final class Redaction {
  /** Stands for what was taken out. */
  private static final String GONE = "***";

  private static final Pattern URL =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*://)([^/?#]*)([^?#]*)(?:\\?([^#]*))?(?:#.*)?");

  /** Signers: AWS, Google, Alibaba, Azure, CloudFront, Swift; and what people call secrets. */
  private static final Pattern SECRET =
      Pattern.compile(
          "(x-amz-|x-goog-|x-oss-|x-ms-|temp_url_).*"
              + "|.*(signature|token|secret|passw|credential|session|authoriz|jwt).*"
              + "|.*(api|access|private|account|auth)[-_.]?key([-_.]?id)?"
              + "|sig|sign|auth|pwd|key-pair-id|policy|expires|hdnts|hdnea");

  /** A {@code key} is one that opens something, unless it looks like the path of an object. */
  private static final Pattern KEY = Pattern.compile("key=(?!.*([./]|%2[ef])).*");

  /** What belongs to a shared access signature of Azure, where there is a {@code sig}. */
  private static final Set<String> AZURE =
      Set.of(
          "sv", "ss", "srt", "sp", "se", "st", "spr", "sr", "sip", "si", "skoid", "sktid", "skt",
          "ske", "sks", "skv", "sdd", "saoid", "suoid", "scid", "ses");

  private Redaction() {}

  /**
   * Returns a reference without what is secret in it; of what is not of the form {@code
   * scheme://…}, such as a path, everything.
   *
   * <p>The parameters that were taken out of a query leave one {@code ***} at its end. A fragment
   * goes: no server is sent it. What was redacted already stays as it is.
   */
  public static String of(String reference) {
    Matcher url = URL.matcher(reference);
    if (!url.matches() || reference.regionMatches(true, 0, "file:", 0, 5)) {
      return reference;
    }
    StringBuilder shown = new StringBuilder(url.group(1));
    String authority = url.group(2);
    int at = authority.lastIndexOf('@');
    shown.append(at < 0 ? authority : GONE + authority.substring(at)).append(url.group(3));
    if (url.group(4) != null) {
      String query = query(url.group(4));
      shown.append(query.isEmpty() ? "" : '?' + query);
    }
    return shown.toString();
  }

  private static String query(String query) {
    String[] parameters = query.split("&", -1);
    boolean azure = false;
    for (String parameter : parameters) {
      azure |= name(parameter).equals("sig");
    }
    List<String> kept = new ArrayList<>();
    boolean gone = false;
    for (String parameter : parameters) {
      String name = name(parameter);
      boolean secret =
          name.equals(GONE)
              || SECRET.matcher(name).matches()
              || KEY.matcher(parameter.toLowerCase(Locale.ROOT)).matches()
              || (azure && AZURE.contains(name));
      gone |= secret;
      if (!secret && !parameter.isEmpty()) {
        kept.add(parameter);
      }
    }
    if (gone) {
      kept.add(GONE);
    }
    return String.join("&", kept);
  }

  /** Servers decode names before they look at them. */
  private static String name(String parameter) {
    int equals = parameter.indexOf('=');
    String name = equals < 0 ? parameter : parameter.substring(0, equals);
    try {
      name = URLDecoder.decode(name, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return name.toLowerCase(Locale.ROOT); // no server can decode it either
    }
    return name.toLowerCase(Locale.ROOT);
  }
}
