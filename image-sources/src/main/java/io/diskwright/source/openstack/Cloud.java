package io.diskwright.source.openstack;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What is written of one cloud, of its {@code auth} and beside it, by the names of {@code
 * clouds.yaml}; immutable. Its values are not shown: passwords are among them.
 */
public final class Cloud {
  private final String origin;
  private final Map<String, String> values;

  /**
   * Takes what is written.
   *
   * @param origin where, as messages name it
   */
  Cloud(String origin, Map<String, String> values) {
    this.origin = origin;
    this.values = Map.copyOf(values);
  }

  /** Returns the first that is written of some values. */
  Optional<String> find(String... names) {
    return List.of(names).stream()
        .map(name -> values.getOrDefault(name, ""))
        .filter(value -> !value.isEmpty())
        .findFirst();
  }

  /** Returns the file of the authorities that issue the certificates of its services. */
  public Optional<String> caFile() {
    return find("cacert");
  }

  /** Returns the region whose services are meant. */
  Optional<String> region() {
    return find("region_name");
  }

  /** Returns which of a service's endpoints are meant: {@code public}, {@code internal}, … */
  String endpointInterface() {
    return find("interface", "endpoint_type")
        .orElse("public")
        .toLowerCase(Locale.ROOT)
        .replaceFirst("url$", "");
  }

  /** Returns where it is written, as messages name it. */
  @Override
  public String toString() {
    return origin;
  }
}
