package io.diskwright.spi.backend;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.image.Image;
import java.util.Objects;

/** What is asked of a backend for a new base; immutable. Made by core, which has checked it. */
public final class BaseRequest {
  private final BaseKey key;
  private final Image image;
  private final DiskFormat format;
  private final long length;
  private final long virtualSize;

  private BaseRequest(BaseKey key, Image image, DiskFormat format, long length, long virtualSize) {
    this.key = Objects.requireNonNull(key, "key");
    this.image = Objects.requireNonNull(image, "image");
    this.format = Objects.requireNonNull(format, "format");
    this.length = length;
    this.virtualSize = virtualSize;
  }

  /**
   * Returns a request.
   *
   * @param key the base's key
   * @param image the image that it is made from, with the format that it was found to be in
   * @param format how the base's bytes will be laid out: one of the pool's {@link
   *     ImageBackend#baseFormats}
   * @param length how many bytes will be written, more than 0
   * @param virtualSize the guest-visible size in bytes, more than 0; equal to {@code length} when
   *     the format is raw
   * @throws IllegalArgumentException when a size is out of range
   */
  public static BaseRequest of(
      BaseKey key, Image image, DiskFormat format, long length, long virtualSize) {
    if (length <= 0 || virtualSize <= 0) {
      throw new IllegalArgumentException(
          "length (%d) and virtual size (%d) must be positive".formatted(length, virtualSize));
    }
    if (format == DiskFormat.RAW && length != virtualSize) {
      throw new IllegalArgumentException(
          "length (%d) must be the virtual size (%d) of raw bytes".formatted(length, virtualSize));
    }
    return new BaseRequest(key, image, format, length, virtualSize);
  }

  /** Returns the base's key. */
  public BaseKey key() {
    return key;
  }

  /** Returns the image that it is made from. */
  public Image image() {
    return image;
  }

  /** Returns how the base's bytes will be laid out. */
  public DiskFormat format() {
    return format;
  }

  /** Returns how many bytes will be written, which is the size of the sink. */
  public long length() {
    return length;
  }

  /** Returns the guest-visible size in bytes. */
  public long virtualSize() {
    return virtualSize;
  }
}
