package io.diskwright.spi.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The typed values of a provider's declared keys; immutable.
 *
 * <p>Core builds it after all problems of a configuration have been reported, so that every
 * required key has a value.
 */
public final class Settings {
  private final Map<String, Object> values;

  private Settings(Map<String, Object> values) {
    this.values = values;
  }

  /** Starts collecting values. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns a key's value, or its default.
   *
   * @throws NoSuchElementException when neither is there; declare such a key as required, or use
   *     {@link #find}
   */
  public <T> T get(ConfigKey<T> key) {
    return find(key)
        .orElseThrow(() -> new NoSuchElementException("key (%s) has no value".formatted(key)));
  }

  /** Returns a key's value, or its default, if either is there. */
  @SuppressWarnings("unchecked") // put() pairs each name with a value of its key's type
  public <T> Optional<T> find(ConfigKey<T> key) {
    @Nullable Object value = values.get(key.name());
    return value == null ? key.defaultValue() : Optional.of((T) value);
  }

  /** Collects values; not thread-safe. */
  public static final class Builder {
    private final Map<String, Object> values = new LinkedHashMap<>();

    private Builder() {}

    /** Sets a key's value. */
    public <T> Builder put(ConfigKey<T> key, T value) {
      values.put(key.name(), value);
      return this;
    }

    /**
     * Reads and sets a key's value.
     *
     * @throws IllegalArgumentException when it is not of the key's type
     */
    public <T> Builder parse(ConfigKey<T> key, String value) {
      return put(key, key.parse(value));
    }

    /** Returns the settings. */
    public Settings build() {
      return new Settings(Map.copyOf(values));
    }
  }
}
