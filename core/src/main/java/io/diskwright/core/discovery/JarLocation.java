package io.diskwright.core.discovery;

import java.net.URI;
import java.net.URL;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;

/** Says as text which jar or folder something comes from. */
final class JarLocation {
  private JarLocation() {}

  /** Returns where a class comes from, if that can be told. */
  static Optional<String> of(Class<?> type) {
    return Optional.ofNullable(type.getProtectionDomain().getCodeSource())
        .map(CodeSource::getLocation)
        .map(location -> fileOf(location.toString()));
  }

  /** Returns what holds a services file. */
  static String ofServicesFile(URL file, String name) {
    String text = file.toString();
    return text.endsWith(name) ? fileOf(text.substring(0, text.length() - name.length())) : text;
  }

  private static String fileOf(String url) {
    String inner = url.startsWith("jar:") ? url.substring("jar:".length()) : url;
    String file = inner.endsWith("!/") ? inner.substring(0, inner.length() - 2) : inner;
    try {
      return Path.of(URI.create(file)).toString();
    } catch (IllegalArgumentException | FileSystemNotFoundException e) {
      return file;
    }
  }
}
