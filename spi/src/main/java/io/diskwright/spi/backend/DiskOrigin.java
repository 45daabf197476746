package io.diskwright.spi.backend;

import io.diskwright.spi.image.Location;
import java.net.URI;

/** What a disk was made from. */
public sealed interface DiskOrigin {
  /**
   * A base of the same pool.
   *
   * @param key the base's key
   */
  record FromBase(BaseKey key) implements DiskOrigin {
    @Override
    public String toString() {
      return "base:" + key;
    }
  }

  /**
   * A clone of an image's location.
   *
   * @param location the location
   */
  record FromLocation(Location location) implements DiskOrigin {
    @Override
    public String toString() {
      return "location:" + location;
    }
  }

  /** Nothing: the disk was blank. */
  record Blank() implements DiskOrigin {
    @Override
    public String toString() {
      return "blank";
    }
  }

  /**
   * Reads what {@code toString} of an origin writes.
   *
   * @throws IllegalArgumentException when it is not of that form
   */
  static DiskOrigin parse(String text) {
    if (text.equals("blank")) {
      return new Blank();
    }
    if (text.startsWith("base:")) {
      return new FromBase(new BaseKey(text.substring("base:".length())));
    }
    if (text.startsWith("location:")) {
      return new FromLocation(new Location(URI.create(text.substring("location:".length()))));
    }
    throw new IllegalArgumentException(
        "origin (%s) must be blank, base:… or location:…".formatted(text));
  }
}
