package io.diskwright.spi.image;

import io.diskwright.spi.DiskFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What an image source offers of one image; immutable. Nothing in it has been verified. */
public final class Image {
  private final String source;
  private final String id;
  private final @Nullable String validator;
  private final @Nullable DiskFormat format;
  private final @Nullable Digest digest;
  private final @Nullable Digest sourceDigest;
  private final @Nullable Long length;
  private final @Nullable Long virtualSize;
  private final @Nullable Long minimumDiskSize;
  private final List<Location> locations;
  private final @Nullable Object handle;

  private Image(Builder builder) {
    this.source = builder.source;
    this.id = builder.id;
    this.validator = builder.validator;
    this.format = builder.format;
    this.digest = builder.digest;
    this.sourceDigest = builder.sourceDigest;
    this.length = builder.length;
    this.virtualSize = builder.virtualSize;
    this.minimumDiskSize = builder.minimumDiskSize;
    this.locations = List.copyOf(builder.locations);
    this.handle = builder.handle;
  }

  /**
   * Starts an image.
   *
   * @param source the id of the image source
   * @param id the image's id at its source, in one canonical spelling; no secret is in it
   */
  public static Builder builder(String source, String id) {
    return new Builder(source, id);
  }

  /** Returns the id of the image source. */
  public String source() {
    return source;
  }

  /** Returns the image's id at its source, in one canonical spelling. */
  public String id() {
    return id;
  }

  /**
   * Returns what tells that the image is still the same; a base made of an image that has none is
   * never shared.
   */
  public Optional<String> validator() {
    return Optional.ofNullable(validator);
  }

  /** Returns the format that the asker or the source declares. */
  public Optional<DiskFormat> format() {
    return Optional.ofNullable(format);
  }

  /** Returns the digest of its bytes that the asker declares, or else the source. */
  public Optional<Digest> digest() {
    return Optional.ofNullable(digest).or(this::sourceDigest);
  }

  /** Returns the digest that the source itself has of its bytes, which holds besides. */
  public Optional<Digest> sourceDigest() {
    return Optional.ofNullable(sourceDigest);
  }

  /**
   * Returns whether the source itself says that its bytes have the declared digest. What only the
   * asker has declared is proved by reading all of them.
   */
  public boolean sourceKnowsDigest() {
    return sourceDigest != null && digest().equals(sourceDigest());
  }

  /** Returns how many bytes the source holds. */
  public OptionalLong length() {
    return length == null ? OptionalLong.empty() : OptionalLong.of(length);
  }

  /** Returns the guest-visible size in bytes that the source declares. */
  public OptionalLong virtualSize() {
    return virtualSize == null ? OptionalLong.empty() : OptionalLong.of(virtualSize);
  }

  /** Returns the size in bytes below which no disk is to be made of it, as the source says. */
  public OptionalLong minimumDiskSize() {
    return minimumDiskSize == null ? OptionalLong.empty() : OptionalLong.of(minimumDiskSize);
  }

  /** Returns this image with the format that it was found to be in. */
  public Image withFormat(DiskFormat found) {
    Builder builder = builder(source, id).format(found).locations(locations);
    builder.validator = validator;
    builder.digest = digest;
    builder.sourceDigest = sourceDigest;
    builder.length = length;
    builder.virtualSize = virtualSize;
    builder.minimumDiskSize = minimumDiskSize;
    builder.handle = handle;
    return builder.build();
  }

  /** Returns the storage addresses that a backend may clone from, best first. */
  public List<Location> locations() {
    return locations;
  }

  /**
   * Returns what its source wants to have back when it opens the image, such as the signed URL that
   * the id must not show. It is nobody else's, and never shown, recorded or compared.
   */
  public Optional<Object> handle() {
    return Optional.ofNullable(handle);
  }

  @Override
  public String toString() {
    return source + ':' + id;
  }

  /** Collects the parts of an image; not thread-safe. */
  public static final class Builder {
    private final String source;
    private final String id;
    private @Nullable String validator;
    private @Nullable DiskFormat format;
    private @Nullable Digest digest;
    private @Nullable Digest sourceDigest;
    private @Nullable Long length;
    private @Nullable Long virtualSize;
    private @Nullable Long minimumDiskSize;
    private List<Location> locations = List.of();
    private @Nullable Object handle;

    private Builder(String source, String id) {
      this.source = Objects.requireNonNull(source, "source");
      this.id = Objects.requireNonNull(id, "id");
    }

    /** Sets what tells that the image is still the same. */
    public Builder validator(String validator) {
      this.validator = validator;
      return this;
    }

    /** Sets the declared format. */
    public Builder format(DiskFormat format) {
      this.format = format;
      return this;
    }

    /** Sets the digest that the asker declares. */
    public Builder digest(Digest digest) {
      this.digest = digest;
      return this;
    }

    /** Sets the digest that the source itself has of the bytes. */
    public Builder sourceDigest(Digest digest) {
      this.sourceDigest = digest;
      return this;
    }

    /** Sets how many bytes the source holds. */
    public Builder length(long length) {
      this.length = length;
      return this;
    }

    /** Sets the declared guest-visible size in bytes. */
    public Builder virtualSize(long virtualSize) {
      this.virtualSize = virtualSize;
      return this;
    }

    /** Sets the size in bytes below which no disk is to be made of it. */
    public Builder minimumDiskSize(long minimumDiskSize) {
      this.minimumDiskSize = minimumDiskSize;
      return this;
    }

    /** Sets the storage addresses, best first. */
    public Builder locations(List<Location> locations) {
      this.locations = List.copyOf(locations);
      return this;
    }

    /** Sets what the source wants to have back when it opens the image. */
    public Builder handle(Object handle) {
      this.handle = handle;
      return this;
    }

    /** Returns the image. */
    public Image build() {
      return new Image(this);
    }
  }
}
