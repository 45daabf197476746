package io.diskwright.source.glance;

import io.diskwright.source.http.HttpSettings;
import io.diskwright.spi.config.ConfigKey;
import io.diskwright.spi.config.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How Glance is reached.
 *
 * @param cloud the cloud's name in {@code clouds.yaml}
 * @param cloudsFile that file
 * @param region the region
 * @param kind which of the endpoints of the catalogue
 * @param endpoint Glance's URL
 * @param http connections
 */
record GlanceSettings(
    Optional<String> cloud,
    Optional<Path> cloudsFile,
    Optional<String> region,
    Optional<String> kind,
    Optional<String> endpoint,
    HttpSettings http) {
  private static final ConfigKey<String> CLOUD =
      ConfigKey.text(
          "cloud",
          "The cloud's name in clouds.yaml. Else $OS_CLOUD, what OS_AUTH_URL and others say, or the"
              + " only cloud of the file.");

  private static final ConfigKey<Path> CLOUDS_FILE =
      ConfigKey.path(
          "clouds-file",
          "The clouds.yaml. Else $OS_CLIENT_CONFIG_FILE, or the one in the working folder,"
              + " ~/.config/openstack or /etc/openstack.");

  private static final ConfigKey<String> REGION =
      ConfigKey.text("region", "The region whose Glance is meant, instead of the cloud's own.");

  private static final ConfigKey<String> INTERFACE =
      ConfigKey.choice(
          "interface",
          "Which endpoint of the catalogue is used, instead of the cloud's own.",
          "public",
          "internal",
          "admin");

  private static final ConfigKey<String> ENDPOINT =
      ConfigKey.text(
          "endpoint",
          "Glance's URL, instead of the catalogue's. Without cloud it is asked without"
              + " authentication.");

  static final List<ConfigKey<?>> KEYS =
      Stream.concat(
              Stream.of(CLOUD, CLOUDS_FILE, REGION, INTERFACE, ENDPOINT),
              HttpSettings.SERVICE_KEYS.stream())
          .toList();

  static GlanceSettings of(Settings settings) {
    return new GlanceSettings(
        settings.find(CLOUD),
        settings.find(CLOUDS_FILE),
        settings.find(REGION),
        settings.find(INTERFACE),
        settings.find(ENDPOINT),
        HttpSettings.ofService(settings));
  }
}
