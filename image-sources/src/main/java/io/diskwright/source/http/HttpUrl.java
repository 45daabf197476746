package io.diskwright.source.http;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.source.Redaction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An {@code http:} or {@code https:} URL in one canonical spelling: scheme and host in lower case,
 * no default port, no fragment, no dots in its path.
 *
 * <p>Not {@link java.net.URI}, which has no host for many that servers and resolvers understand;
 * what a host leads to is decided when it is looked up.
 *
 * @param scheme {@code http} or {@code https}
 * @param host a name or an address, without brackets
 * @param port the port
 * @param target path and query, as they are sent
 */
public record HttpUrl(String scheme, String host, int port, String target) {
  private static final Pattern URL =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(?://([^/?#]*))?([^?#]*)(\\?[^#]*)?(#.*)?");
  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.]+(?:%25[\\w.~-]+)?)]|([^:\\[\\]]+))(?::(\\d{0,5}))?");

  /**
   * Reads a URL.
   *
   * @throws IllegalArgumentException when it is none, or has a user or password; the message is a
   *     clause, and shows nothing of it
   */
  public static HttpUrl parse(String text) {
    Matcher url = URL.matcher(encode(text));
    if (!url.matches()) {
      throw new IllegalArgumentException("it is not a URL");
    }
    String scheme = url.group(1).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException("its scheme is not http or https");
    }
    String authority = url.group(2) == null ? "" : url.group(2);
    if (authority.indexOf('@') >= 0) {
      throw new IllegalArgumentException("it has a user or password before its host");
    }
    Matcher place = HOST_AND_PORT.matcher(authority);
    if (!place.matches()) {
      throw new IllegalArgumentException("it has no host after %s://".formatted(scheme));
    }
    String host = place.group(1) == null ? place.group(2) : place.group(1);
    String query = url.group(4) == null ? "" : url.group(4);
    return new HttpUrl(
        scheme,
        host.toLowerCase(Locale.ROOT),
        port(place.group(3), scheme),
        withoutDots(url.group(3)) + query);
  }

  private static int port(String text, String scheme) {
    if (text == null || text.isEmpty()) {
      return scheme.equals("https") ? 443 : 80;
    }
    int port = Integer.parseInt(text);
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("its port is not 1 to 65535");
    }
    return port;
  }

  /** Servers send spaces and letters outside of ASCII as they are; browsers do this. */
  private static String encode(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte each : text.strip().getBytes(StandardCharsets.UTF_8)) {
      if (each >= 0 && (each < ' ' || each == 0x7f)) {
        throw new IllegalArgumentException("it has a control character");
      }
      if (each <= ' ' || "\"<>\\^`{|}".indexOf(each) >= 0) {
        encoded.append('%').append("%02X".formatted(each & 0xff));
      } else {
        encoded.append((char) each);
      }
    }
    return encoded.toString();
  }

  private static String withoutDots(String path) {
    Deque<String> parts = new ArrayDeque<>();
    String[] all = path.isEmpty() ? new String[] {"", ""} : path.split("/", -1);
    for (int i = 1; i < all.length; i++) {
      boolean last = i == all.length - 1;
      switch (all[i]) {
        case ".." -> parts.pollLast();
        case "." -> {}
        default -> {
          parts.addLast(all[i]);
          continue;
        }
      }
      if (last) {
        parts.addLast("");
      }
    }
    return '/' + String.join("/", parts);
  }

  /** Reads what an asker named. */
  static HttpUrl asked(String reference) throws DiskException {
    try {
      return parse(reference);
    } catch (IllegalArgumentException e) {
      throw DiskException.of(Reason.INVALID_REQUEST, "find image")
          .resource(Redaction.of(reference))
          .said(String.valueOf(e.getMessage()))
          .remedy("name the image such as https://host/folder/image.qcow2, without a password")
          .build();
    }
  }

  /**
   * Returns what a redirect from here leads to.
   *
   * @throws IllegalArgumentException as {@link #parse} does
   */
  HttpUrl resolve(String location) {
    String there = location.strip();
    if (there.matches("(?s)[A-Za-z][A-Za-z0-9+.-]*:.*")) {
      return parse(there);
    }
    if (there.startsWith("//")) {
      return parse(scheme + ':' + there);
    }
    String base = scheme + "://" + authority();
    if (there.startsWith("/")) {
      return parse(base + there);
    }
    return there.isEmpty() || there.startsWith("?") || there.startsWith("#")
        ? parse(base + (there.startsWith("?") ? path() : target) + there)
        : parse(base + folder() + there);
  }

  /** Returns the URL of a file beside this one. What lets one read this may let one read that. */
  HttpUrl sibling(String name) {
    String query = target.substring(path().length());
    return parse(scheme + "://" + authority() + folder() + Percent.encode(name) + query);
  }

  /** Returns the name of the file that it leads to, decoded; empty when it leads to a folder. */
  String fileName() {
    return Percent.decode(path().substring(folder().length()));
  }

  private String path() {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  private String folder() {
    return path().substring(0, path().lastIndexOf('/') + 1);
  }

  boolean secure() {
    return scheme.equals("https");
  }

  boolean hasDefaultPort() {
    return port == (secure() ? 443 : 80);
  }

  private String authority() {
    String name = host.indexOf(':') < 0 ? host : '[' + host + ']';
    return hasDefaultPort() ? name : name + ':' + port;
  }

  /** Returns it without what is secret in it. */
  @Override
  public String toString() {
    return Redaction.of(scheme + "://" + authority() + target);
  }
}
