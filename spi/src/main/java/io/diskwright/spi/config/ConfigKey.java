package io.diskwright.spi.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A configuration key that a provider declares: name, type, default, whether it is required,
 * whether it is secret, and what it means. Immutable; keep each in a constant and use it to read
 * {@link Settings}.
 *
 * @param <T> the type of its value
 */
public final class ConfigKey<T> {
  private final String name;
  private final String type;
  private final Function<String, T> parser;
  private final @Nullable T defaultValue;
  private final boolean required;
  private final boolean secret;
  private final String doc;

  private ConfigKey(
      String name,
      String type,
      Function<String, T> parser,
      @Nullable T defaultValue,
      boolean required,
      boolean secret,
      String doc) {
    this.name = name;
    this.type = type;
    this.parser = parser;
    this.defaultValue = defaultValue;
    this.required = required;
    this.secret = secret;
    this.doc = doc;
  }

  private static <T> ConfigKey<T> of(
      String name, String type, Function<String, T> parser, String doc) {
    if (!name.matches("[a-z][a-z0-9]*(-[a-z0-9]+)*")) {
      throw new IllegalArgumentException("name (%s) must be kebab-case".formatted(name));
    }
    return new ConfigKey<>(
        name, type, parser, null, false, false, Objects.requireNonNull(doc, "doc"));
  }

  /** Returns a key for text. */
  public static ConfigKey<String> text(String name, String doc) {
    return of(name, "text", Function.identity(), doc);
  }

  /** Returns a key for a path; a relative one is resolved against the configuration's folder. */
  public static ConfigKey<Path> path(String name, String doc) {
    return of(name, "path", Path::of, doc);
  }

  /** Returns a key for {@code true} or {@code false}. */
  public static ConfigKey<Boolean> flag(String name, String doc) {
    return of(name, "true or false", ConfigKey::parseFlag, doc);
  }

  /**
   * Returns a key for a whole number.
   *
   * @param min the smallest value allowed
   * @param max the largest value allowed
   */
  public static ConfigKey<Long> integer(String name, long min, long max, String doc) {
    String type = "whole number from %d to %d".formatted(min, max);
    return of(name, type, value -> parseInteger(value, min, max), doc);
  }

  /** Returns a key for a size in bytes, written as {@link Sizes} reads it, such as {@code 20G}. */
  public static ConfigKey<Long> size(String name, String doc) {
    return of(name, "size such as 64K, 512M, 20G", Sizes::parse, doc);
  }

  /**
   * Returns a key for a size in bytes that is not below another.
   *
   * @param min the smallest size allowed, in bytes
   */
  public static ConfigKey<Long> size(String name, long min, String doc) {
    String rule = "at least " + Sizes.format(min);
    return of(name, "size such as 64K, 512M, 20G, " + rule, value -> parseSize(value, min), doc);
  }

  /** Returns a key for a duration, written such as {@code 30s}, {@code 10m}, {@code 2h}. */
  public static ConfigKey<Duration> duration(String name, String doc) {
    return of(name, "duration such as 30s, 10m, 2h", Durations::parse, doc);
  }

  /** Returns a key for one of some words. */
  public static ConfigKey<String> choice(String name, String doc, String... words) {
    return of(
        name,
        "one of " + Arrays.stream(words).collect(Collectors.joining(", ")),
        value -> parseChoice(value, words),
        doc);
  }

  /**
   * Returns a key for a list: words between commas.
   *
   * @param type what each is, as words for a person, in the plural
   * @param item reads one; its {@link IllegalArgumentException} says the rule
   */
  public static <T> ConfigKey<List<T>> list(
      String name, String type, Function<String, T> item, String doc) {
    return of(name, type + ", separated by commas", value -> parseList(value, item), doc);
  }

  /** Returns this key with a value for when none is configured. */
  public ConfigKey<T> withDefault(T value) {
    return new ConfigKey<>(name, type, parser, value, false, secret, doc);
  }

  /** Returns this key as one that must be configured. */
  public ConfigKey<T> asRequired() {
    return new ConfigKey<>(name, type, parser, null, true, secret, doc);
  }

  /**
   * Returns this key as one whose value is never shown and is given by reference: {@code file:PATH}
   * or {@code env:NAME}.
   */
  public ConfigKey<T> asSecret() {
    return new ConfigKey<>(name, type, parser, defaultValue, required, true, doc);
  }

  /** Returns its name, kebab-case. */
  public String name() {
    return name;
  }

  /** Returns what kind of value it takes, as words for a person. */
  public String type() {
    return type;
  }

  /** Returns the value when none is configured. */
  public Optional<T> defaultValue() {
    return Optional.ofNullable(defaultValue);
  }

  /** Returns whether it must be configured. */
  public boolean isRequired() {
    return required;
  }

  /** Returns whether its value is never shown. */
  public boolean isSecret() {
    return secret;
  }

  /** Returns what it means, one sentence. */
  public String doc() {
    return doc;
  }

  /**
   * Reads a value.
   *
   * @param value as written in the configuration
   * @throws IllegalArgumentException when it is not of this key's type; the message says the rule
   */
  public T parse(String value) {
    return parser.apply(value);
  }

  @Override
  public String toString() {
    return name;
  }

  private static Boolean parseFlag(String value) {
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("must be true or false");
    };
  }

  private static Long parseInteger(String value, long min, long max) {
    try {
      long number = Long.parseLong(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "must be a whole number from %d to %d".formatted(min, max), e);
    }
    throw new IllegalArgumentException("must be a whole number from %d to %d".formatted(min, max));
  }

  private static Long parseSize(String value, long min) {
    long size = Sizes.parse(value);
    if (size < min) {
      throw new IllegalArgumentException("must be at least " + Sizes.format(min));
    }
    return size;
  }

  private static <T> List<T> parseList(String value, Function<String, T> item) {
    return Arrays.stream(value.split(",", -1))
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .map(item)
        .collect(Collectors.toUnmodifiableList());
  }

  private static String parseChoice(String value, String... words) {
    if (!Arrays.asList(words).contains(value)) {
      throw new IllegalArgumentException("must be one of " + String.join(", ", words));
    }
    return value;
  }
}
