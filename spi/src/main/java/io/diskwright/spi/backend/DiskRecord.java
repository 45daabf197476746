package io.diskwright.spi.backend;

import io.diskwright.spi.DiskFormat;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The one thing that says that a disk exists; immutable.
 *
 * <p>It travels as a flat map of strings ({@link #attributes}), which a file, LVM tags and a RADOS
 * omap can each hold.
 */
public final class DiskRecord {
  private static final String ASKED = "asked.";

  private final DiskName name;
  private final String storageId;
  private final long size;
  private final DiskFormat format;
  private final DiskOrigin origin;
  private final Instant created;
  private final SortedMap<String, String> asked;

  private DiskRecord(
      DiskName name,
      String storageId,
      long size,
      DiskFormat format,
      DiskOrigin origin,
      Instant created,
      Map<String, String> asked) {
    this.name = name;
    this.storageId = storageId;
    this.size = size;
    this.format = format;
    this.origin = origin;
    this.created = created;
    this.asked = Collections.unmodifiableSortedMap(new TreeMap<>(asked));
  }

  /**
   * Returns the record of a disk that has just been made.
   *
   * @param request what was asked
   * @param storageId the storage's own id of the object, such as an inode, an RBD image id or the
   *     uuid of a logical volume, so that a copied or inherited record is not believed
   * @param format how the disk's bytes are laid out
   * @param origin what it was made from
   */
  public static DiskRecord of(
      DiskRequest request, String storageId, DiskFormat format, DiskOrigin origin) {
    return new DiskRecord(
        request.name(), storageId, request.size(), format, origin, Instant.now(), request.asked());
  }

  /**
   * Returns the record that these attributes hold.
   *
   * @throws IllegalArgumentException when an attribute is missing or malformed
   */
  public static DiskRecord fromAttributes(Map<String, String> attributes) {
    Map<String, String> asked = new TreeMap<>();
    attributes.forEach(
        (key, value) -> {
          if (key.startsWith(ASKED)) {
            asked.put(key.substring(ASKED.length()), value);
          }
        });
    return new DiskRecord(
        new DiskName(Attributes.text(attributes, "name")),
        Attributes.text(attributes, "storage-id"),
        Attributes.number(attributes, "size"),
        DiskFormat.of(Attributes.text(attributes, "format")),
        DiskOrigin.parse(Attributes.text(attributes, "origin")),
        Attributes.instant(attributes, "created"),
        asked);
  }

  /** Returns the record as names and values, which {@link #fromAttributes} reads. */
  public SortedMap<String, String> attributes() {
    SortedMap<String, String> attributes = new TreeMap<>();
    attributes.put("name", name.value());
    attributes.put("storage-id", storageId);
    attributes.put("size", Long.toString(size));
    attributes.put("format", format.id());
    attributes.put("origin", origin.toString());
    attributes.put("created", created.toString());
    asked.forEach((key, value) -> attributes.put(ASKED + key, value));
    return attributes;
  }

  /** Returns the disk's name. */
  public DiskName name() {
    return name;
  }

  /** Returns the storage's own id of the object. */
  public String storageId() {
    return storageId;
  }

  /** Returns the disk's guest-visible size in bytes, as the storage has it now. */
  public long size() {
    return size;
  }

  /** Returns how the disk's bytes are laid out; the only place where a format comes from. */
  public DiskFormat format() {
    return format;
  }

  /** Returns what the disk was made from. */
  public DiskOrigin origin() {
    return origin;
  }

  /** Returns when the disk was made. */
  public Instant created() {
    return created;
  }

  /** Returns what the user asked for. */
  public SortedMap<String, String> asked() {
    return asked;
  }

  /** Returns this record with the size that the storage has now. */
  public DiskRecord withSize(long newSize) {
    return new DiskRecord(name, storageId, newSize, format, origin, created, asked);
  }

  @Override
  public String toString() {
    return attributes().toString();
  }
}
