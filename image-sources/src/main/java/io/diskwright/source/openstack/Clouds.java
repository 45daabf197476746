package io.diskwright.source.openstack;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Finds clouds as OpenStack's own clients do: in {@code clouds.yaml}, with {@code secure.yaml}
 * beside it, or in the environment ({@code OS_*}). Immutable.
 */
public final class Clouds {
  private static final String TRIED = "find cloud in";
  private static final String PREFIX = "OS_";

  private final Map<String, String> environment;
  private final Optional<Path> named;
  private final List<Path> folders;

  private Clouds(Map<String, String> environment, Optional<Path> named, List<Path> folders) {
    this.environment = Map.copyOf(environment);
    this.named = named;
    this.folders = List.copyOf(folders);
  }

  /**
   * Looks nowhere yet.
   *
   * @param environment the environment variables
   * @param file a {@code clouds.yaml}; else {@code $OS_CLIENT_CONFIG_FILE}, or the first that is in
   *     the working folder, {@code ~/.config/openstack} or {@code /etc/openstack}
   */
  public static Clouds of(Map<String, String> environment, Optional<Path> file) {
    Path home = Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")));
    List<Path> folders =
        List.of(
            Path.of("").toAbsolutePath(),
            home.resolve(".config/openstack"),
            Path.of("/etc/openstack"));
    return of(environment, file, folders);
  }

  static Clouds of(Map<String, String> environment, Optional<Path> file, List<Path> folders) {
    Optional<Path> named =
        file.or(() -> variable(environment, "OS_CLIENT_CONFIG_FILE").map(Path::of));
    return new Clouds(environment, named, folders);
  }

  private static Optional<String> variable(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  /**
   * Finds a cloud.
   *
   * @param name its name; else {@code $OS_CLOUD}, what {@code OS_*} say, or the only one of the
   *     file
   * @throws DiskException with reason {@code CONFIGURATION} when there is none, or when it is not
   *     clear which
   */
  public Cloud find(Optional<String> name) throws DiskException {
    Optional<String> wanted = name.or(() -> variable(environment, "OS_CLOUD"));
    if (wanted.isPresent()) {
      return named(wanted.get());
    }
    if (variable(environment, "OS_AUTH_URL").isPresent()) {
      return ofEnvironment();
    }
    Optional<Path> file = file();
    if (file.isEmpty()) {
      throw wrong("environment", "no cloud is named, and there is no clouds.yaml");
    }
    Map<String, Map<String, String>> clouds = CloudsFile.read(file.get());
    if (clouds.size() != 1) {
      throw wrong(
          file.get().toString(),
          clouds.isEmpty()
              ? "it has no clouds"
              : "no cloud is named, and it has "
                  + String.join(", ", new TreeSet<>(clouds.keySet())));
    }
    return named(clouds.keySet().iterator().next());
  }

  private Optional<Path> file() {
    return named.or(
        () ->
            folders.stream()
                .flatMap(
                    folder ->
                        List.of("yaml", "yml").stream()
                            .map(end -> "clouds." + end)
                            .map(folder::resolve))
                .filter(Files::isRegularFile)
                .findFirst());
  }

  private Cloud named(String name) throws DiskException {
    Path file =
        file()
            .orElseThrow(
                () ->
                    wrong(
                        name,
                        "no clouds.yaml is in any of "
                            + String.join(", ", folders.stream().map(Path::toString).toList())));
    Map<String, Map<String, String>> clouds = CloudsFile.read(file);
    Map<String, String> values = new LinkedHashMap<>();
    if (!clouds.containsKey(name)) {
      throw wrong(
          file.toString(),
          "it has no cloud '%s'; there are %s"
              .formatted(name, String.join(", ", new TreeSet<>(clouds.keySet()))));
    }
    values.putAll(clouds.getOrDefault(name, Map.of()));
    Path secure = file.resolveSibling(file.getFileName().toString().replace("clouds", "secure"));
    if (!secure.equals(file) && Files.isRegularFile(secure)) {
      values.putAll(CloudsFile.read(secure).getOrDefault(name, Map.of()));
    }
    return new Cloud("%s (%s)".formatted(name, file), values);
  }

  private Cloud ofEnvironment() {
    Map<String, String> values = new LinkedHashMap<>();
    environment.forEach(
        (name, value) -> {
          if (name.startsWith(PREFIX)) {
            values.put(name.substring(PREFIX.length()).toLowerCase(Locale.ROOT), value);
          }
        });
    return new Cloud("environment (OS_AUTH_URL)", values);
  }

  private static DiskException wrong(String resource, String said) {
    return DiskException.of(Reason.CONFIGURATION, TRIED)
        .resource(resource)
        .said(said)
        .remedy(
            "set sources.glance.cloud or OS_CLOUD to a cloud of clouds.yaml; or OS_AUTH_URL and what"
                + " else OpenStack's clients take; or sources.glance.endpoint for a Glance that asks"
                + " for no authentication")
        .build();
  }
}
