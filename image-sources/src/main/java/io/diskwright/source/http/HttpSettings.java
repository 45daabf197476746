package io.diskwright.source.http;

import io.diskwright.spi.config.ConfigKey;
import io.diskwright.spi.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How servers are reached, and images fetched. */
public record HttpSettings(
    Duration connectTimeout,
    Duration stallTimeout,
    int connections,
    int redirectLimit,
    List<AllowedHost> redirectAllow,
    long sizeLimit,
    Optional<Path> caFile) {
  private static final ConfigKey<Duration> CONNECT_TIMEOUT =
      ConfigKey.duration("connect-timeout", "How long connecting to one address may take.")
          .withDefault(Duration.ofSeconds(10));

  private static final ConfigKey<Duration> STALL_TIMEOUT =
      ConfigKey.duration(
              "stall-timeout", "How long a server may send nothing before the connection is cut.")
          .withDefault(Duration.ofSeconds(30));

  private static final ConfigKey<Long> CONNECTIONS =
      ConfigKey.integer(
              "connections",
              1,
              16,
              "Over how many connections a large image is fetched at once when one is slow.")
          .withDefault(4L);

  private static final ConfigKey<Long> REDIRECT_LIMIT =
      ConfigKey.integer("redirect-limit", 0, 20, "How many redirects in a row are followed.")
          .withDefault(5L);

  private static final ConfigKey<List<AllowedHost>> REDIRECT_ALLOW =
      ConfigKey.list(
              "redirect-allow",
              "host names, addresses or networks such as 10.0.0.0/8",
              AllowedHost::parse,
              "Hosts that redirects may lead to although their addresses are not public.")
          .withDefault(List.of());

  private static final ConfigKey<Long> SIZE_LIMIT =
      ConfigKey.size("size-limit", "The most bytes that an image may have at its server.")
          .withDefault(16L << 40);

  private static final ConfigKey<Path> CA_FILE =
      ConfigKey.path(
          "ca-file", "Certificate authorities in PEM that are trusted instead of Java's own.");

  static final List<ConfigKey<?>> KEYS =
      List.of(
          CONNECT_TIMEOUT,
          STALL_TIMEOUT,
          CONNECTIONS,
          REDIRECT_LIMIT,
          REDIRECT_ALLOW,
          SIZE_LIMIT,
          CA_FILE);

  /** The keys of a source whose service leads nobody elsewhere. */
  public static final List<ConfigKey<?>> SERVICE_KEYS =
      List.of(CONNECT_TIMEOUT, STALL_TIMEOUT, CONNECTIONS, SIZE_LIMIT, CA_FILE);

  /** Reads the values of {@link #SERVICE_KEYS}; no redirect is followed. */
  public static HttpSettings ofService(Settings settings) {
    return new HttpSettings(
        settings.get(CONNECT_TIMEOUT),
        settings.get(STALL_TIMEOUT),
        Math.toIntExact(settings.get(CONNECTIONS)),
        0,
        List.of(),
        settings.get(SIZE_LIMIT),
        settings.find(CA_FILE));
  }

  /** Returns these with the authorities of a file, unless others are configured. */
  public HttpSettings orCaFile(Path file) {
    return new HttpSettings(
        connectTimeout,
        stallTimeout,
        connections,
        redirectLimit,
        redirectAllow,
        sizeLimit,
        Optional.of(caFile.orElse(file)));
  }

  static HttpSettings of(Settings settings) {
    return new HttpSettings(
        settings.get(CONNECT_TIMEOUT),
        settings.get(STALL_TIMEOUT),
        Math.toIntExact(settings.get(CONNECTIONS)),
        Math.toIntExact(settings.get(REDIRECT_LIMIT)),
        settings.get(REDIRECT_ALLOW),
        settings.get(SIZE_LIMIT),
        settings.find(CA_FILE));
  }
}
