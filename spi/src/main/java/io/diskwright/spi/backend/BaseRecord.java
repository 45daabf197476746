package io.diskwright.spi.backend;

import io.diskwright.spi.DiskFormat;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The one thing that says that a base exists; immutable.
 *
 * <p>It travels as a flat map of strings, as a {@link DiskRecord} does.
 */
public final class BaseRecord {
  private final BaseKey key;
  private final String storageId;
  private final DiskFormat format;
  private final long length;
  private final long virtualSize;
  private final String image;
  private final DiskFormat imageFormat;
  private final String verified;
  private final Optional<String> checksum;
  private final Instant created;

  private BaseRecord(
      BaseKey key,
      String storageId,
      DiskFormat format,
      long length,
      long virtualSize,
      String image,
      DiskFormat imageFormat,
      String verified,
      Optional<String> checksum,
      Instant created) {
    this.key = key;
    this.storageId = storageId;
    this.format = format;
    this.length = length;
    this.virtualSize = virtualSize;
    this.image = image;
    this.imageFormat = imageFormat;
    this.verified = verified;
    this.checksum = checksum;
    this.created = created;
  }

  /**
   * Returns the record of a base that has just been filled.
   *
   * @param request what was asked
   * @param storageId the storage's own id of the object
   * @param proof what the fill returned; without it there is nothing to publish
   */
  public static BaseRecord of(BaseRequest request, String storageId, FillProof proof) {
    return new BaseRecord(
        request.key(),
        storageId,
        request.format(),
        request.length(),
        request.virtualSize(),
        request.image().toString(),
        request.image().format().orElse(request.format()),
        proof.verified(),
        proof.checksum(),
        Instant.now());
  }

  /**
   * Returns the record of the same base, of which something else has been verified now.
   *
   * @param proof what has been verified
   */
  public BaseRecord with(FillProof proof) {
    return new BaseRecord(
        key,
        storageId,
        format,
        length,
        virtualSize,
        image,
        imageFormat,
        proof.verified(),
        proof.checksum(),
        created);
  }

  /**
   * Returns the record that these attributes hold.
   *
   * @throws IllegalArgumentException when an attribute is missing or malformed
   */
  public static BaseRecord fromAttributes(Map<String, String> attributes) {
    return new BaseRecord(
        new BaseKey(Attributes.text(attributes, "key")),
        Attributes.text(attributes, "storage-id"),
        DiskFormat.of(Attributes.text(attributes, "format")),
        Attributes.number(attributes, "length"),
        Attributes.number(attributes, "virtual-size"),
        Attributes.text(attributes, "image"),
        DiskFormat.of(Attributes.text(attributes, "image-format")),
        Attributes.text(attributes, "verified"),
        Optional.ofNullable(attributes.get("checksum")),
        Attributes.instant(attributes, "created"));
  }

  /** Returns the record as names and values, which {@link #fromAttributes} reads. */
  public SortedMap<String, String> attributes() {
    SortedMap<String, String> attributes = new TreeMap<>();
    attributes.put("key", key.value());
    attributes.put("storage-id", storageId);
    attributes.put("format", format.id());
    attributes.put("length", Long.toString(length));
    attributes.put("virtual-size", Long.toString(virtualSize));
    attributes.put("image", image);
    attributes.put("image-format", imageFormat.id());
    attributes.put("verified", verified);
    checksum.ifPresent(sum -> attributes.put("checksum", sum));
    attributes.put("created", created.toString());
    return attributes;
  }

  /** Returns the base's key. */
  public BaseKey key() {
    return key;
  }

  /** Returns the storage's own id of the object. */
  public String storageId() {
    return storageId;
  }

  /** Returns how the base's bytes are laid out. */
  public DiskFormat format() {
    return format;
  }

  /** Returns how many bytes were written. */
  public long length() {
    return length;
  }

  /** Returns the guest-visible size in bytes. */
  public long virtualSize() {
    return virtualSize;
  }

  /** Returns the image that it was made from, as {@code source:id}. */
  public String image() {
    return image;
  }

  /** Returns the format that the image was found to be in. */
  public DiskFormat imageFormat() {
    return imageFormat;
  }

  /** Returns what was verified when it was filled, as {@link FillProof#verified} said. */
  public String verified() {
    return verified;
  }

  /** Returns the checksum of what it reads as, as {@link FillProof#checksum} said. */
  public Optional<String> checksum() {
    return checksum;
  }

  /** Returns when it was made. */
  public Instant created() {
    return created;
  }

  @Override
  public String toString() {
    return attributes().toString();
  }
}
