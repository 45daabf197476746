package io.diskwright.backend.lvm;

import io.diskwright.backend.lvm.lvm2.RecordTags;
import io.diskwright.backend.lvm.lvm2.Volume;
import io.diskwright.spi.backend.DiskRecord;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Records as the tags of their volumes. A volume's own id is not among them: it is what the volume
 * has, so that tags that were copied say nothing of another one.
 */
final class Records {
  private static final String STORAGE_ID = "storage-id";

  private Records() {}

  /** Returns the tags for a record. */
  static List<String> tags(SortedMap<String, String> attributes) {
    SortedMap<String, String> kept = new TreeMap<>(attributes);
    kept.remove(STORAGE_ID);
    return RecordTags.format(kept);
  }

  /**
   * Reads the record of a volume.
   *
   * @param reading makes it of its attributes
   * @throws LvmFormatException when it has none that is whole
   */
  static <T> T read(Volume volume, Function<Map<String, String>, T> reading)
      throws LvmFormatException {
    try {
      return reading.apply(attributes(volume));
    } catch (IllegalArgumentException e) {
      throw new LvmFormatException(volume.name(), String.valueOf(e.getMessage()));
    }
  }

  /** Reads the record of a disk's volume. */
  static DiskRecord disk(Volume volume) throws LvmFormatException {
    return read(volume, DiskRecord::fromAttributes);
  }

  /** Returns the record of a disk whose volume has this id. */
  static DiskRecord of(DiskRecord record, String uuid) {
    SortedMap<String, String> attributes = new TreeMap<>(record.attributes());
    attributes.put(STORAGE_ID, uuid);
    return DiskRecord.fromAttributes(attributes);
  }

  /** Returns all that a volume's tags say, and its id. */
  static SortedMap<String, String> attributes(Volume volume) {
    SortedMap<String, String> attributes = RecordTags.parse(volume.tags());
    attributes.put(STORAGE_ID, volume.uuid());
    return attributes;
  }
}
