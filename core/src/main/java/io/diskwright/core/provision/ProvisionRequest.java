package io.diskwright.core.provision;

import io.diskwright.core.export.FallbackHost;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.ImageRequest;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What is asked for: a disk of a name, from an image or blank; immutable. */
public final class ProvisionRequest {
  private final DiskName name;
  private final @Nullable PoolName pool;
  private final @Nullable ImageRequest image;
  private final @Nullable Long size;
  private final boolean preallocate;
  private final @Nullable FallbackHost fallbackHost;

  private ProvisionRequest(Builder builder) {
    this.name = builder.name;
    this.pool = builder.pool;
    this.image =
        builder.reference == null
            ? null
            : ImageRequest.of(builder.reference)
                .withFormat(builder.format)
                .withDigest(builder.digest)
                .withDigestFile(builder.digestFile);
    this.size = builder.size;
    this.preallocate = builder.preallocate;
    this.fallbackHost = builder.fallbackHost;
  }

  /**
   * Starts a request for a disk from an image.
   *
   * @param name the disk's name
   * @param image a path, {@code file:…}, {@code https://…}, or another image source's reference
   */
  public static Builder fromImage(DiskName name, String image) {
    Builder builder = new Builder(name);
    builder.reference = Objects.requireNonNull(image, "image");
    return builder;
  }

  /**
   * Starts a request for a disk that reads as zeros.
   *
   * @param name the disk's name
   * @param size its size in bytes, a positive multiple of 512
   */
  public static Builder blank(DiskName name, long size) {
    return new Builder(name).size(size);
  }

  /** Returns the disk's name. */
  public DiskName name() {
    return name;
  }

  /** Returns the pool, or empty for the default pool. */
  public Optional<PoolName> pool() {
    return Optional.ofNullable(pool);
  }

  /** Returns the image, or empty for a blank disk. */
  public Optional<ImageRequest> image() {
    return Optional.ofNullable(image);
  }

  /** Returns the disk's size in bytes, or empty for the image's. */
  public OptionalLong size() {
    return size == null ? OptionalLong.empty() : OptionalLong.of(size);
  }

  /** Returns whether storage is set aside for all of the disk. */
  public boolean preallocate() {
    return preallocate;
  }

  /** Returns the host whose cache is asked when the image is gone from its source. */
  public Optional<FallbackHost> fallbackHost() {
    return Optional.ofNullable(fallbackHost);
  }

  /** Collects the parts of a request; not thread-safe. */
  public static final class Builder {
    private final DiskName name;
    private @Nullable PoolName pool;
    private @Nullable String reference;
    private @Nullable DiskFormat format;
    private @Nullable Digest digest;
    private @Nullable String digestFile;
    private @Nullable Long size;
    private boolean preallocate;
    private @Nullable FallbackHost fallbackHost;

    private Builder(DiskName name) {
      this.name = Objects.requireNonNull(name, "name");
    }

    /** Sets the pool; else it is the default pool. */
    public Builder pool(PoolName pool) {
      this.pool = pool;
      return this;
    }

    /** Declares the image's format; an image in another one is refused. */
    public Builder format(DiskFormat format) {
      this.format = format;
      return this;
    }

    /** Declares the digest of the image's bytes; an image with another one is refused. */
    public Builder digest(Digest digest) {
      this.digest = digest;
      return this;
    }

    /**
     * Names a file beside the image that lists the digest of its bytes, such as {@code SHA256SUMS};
     * an image with another digest, or that is not in the list, is refused.
     */
    public Builder digestFile(String name) {
      this.digestFile = name;
      return this;
    }

    /** Sets the disk's size in bytes, a positive multiple of 512; else it is the image's. */
    public Builder size(long size) {
      this.size = size;
      return this;
    }

    /** Sets whether storage is set aside for all of the disk before it is there. */
    public Builder preallocate(boolean preallocate) {
      this.preallocate = preallocate;
      return this;
    }

    /**
     * Sets the host whose cache is asked for the base when the image is gone from its source, by
     * the pool's {@code fallback-command}. It is nothing that a disk differs by.
     */
    public Builder fallbackHost(FallbackHost host) {
      this.fallbackHost = host;
      return this;
    }

    /** Returns the request. */
    public ProvisionRequest build() {
      return new ProvisionRequest(this);
    }
  }
}
