package io.diskwright.backend.lvm.lvm2;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A logical volume, as lvm2 reported it.
 *
 * @param name its name
 * @param uuid its id, which it keeps whatever it is called
 * @param size its size in bytes, a multiple of the group's extent size
 * @param kind lvm2's word for what it is, such as {@code thin}, {@code thin-pool}, {@code linear}
 * @param thinPool the thin pool that it is in; empty when it is in none
 * @param origin the volume that it is a snapshot of; empty when it is none
 * @param tags its tags
 * @param active whether it has a device
 * @param open whether somebody has that device open
 * @param writable whether it can be written
 * @param data how much of a thin pool's or volume's data is used, in percent
 * @param metadata how much of a thin pool's metadata is used, in percent
 * @param zeroes whether a thin pool zeroes what it hands out
 */
public record Volume(
    String name,
    String uuid,
    long size,
    String kind,
    String thinPool,
    String origin,
    List<String> tags,
    boolean active,
    boolean open,
    boolean writable,
    OptionalDouble data,
    OptionalDouble metadata,
    boolean zeroes) {
  static final List<String> FIELDS =
      List.of(
          "lv_name",
          "lv_uuid",
          "lv_size",
          "segtype",
          "pool_lv",
          "origin",
          "lv_tags",
          "lv_active",
          "lv_device_open",
          "lv_attr",
          "data_percent",
          "metadata_percent",
          "zero");

  /** Copies the tags. */
  public Volume {
    tags = List.copyOf(tags);
  }

  /**
   * Returns the volumes of a report, which has a row for each segment of each.
   *
   * @throws IllegalArgumentException when a field is missing or malformed
   */
  static List<Volume> of(List<Map<String, String>> rows) {
    List<Volume> volumes = new ArrayList<>();
    for (Map<String, String> row : rows) {
      Volume volume = of(row);
      if (volumes.isEmpty() || !volumes.get(volumes.size() - 1).uuid.equals(volume.uuid)) {
        volumes.add(volume);
      }
    }
    return volumes;
  }

  private static Volume of(Map<String, String> row) {
    return new Volume(
        Report.field(row, "lv_name"),
        Report.field(row, "lv_uuid"),
        Long.parseLong(Report.field(row, "lv_size")),
        Report.field(row, "segtype"),
        Report.field(row, "pool_lv"),
        Report.field(row, "origin"),
        Report.tags(row, "lv_tags"),
        Report.field(row, "lv_active").equals("active"),
        Report.field(row, "lv_device_open").equals("open"),
        isWritable(Report.field(row, "lv_attr")),
        percent(Report.field(row, "data_percent")),
        percent(Report.field(row, "metadata_percent")),
        Report.field(row, "zero").equals("zero"));
  }

  /** lvs(8): the second attribute; {@code lv_permissions} knows that of active volumes only. */
  private static boolean isWritable(String attributes) {
    return attributes.startsWith("w", 1);
  }

  private static OptionalDouble percent(String text) {
    return text.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(text));
  }
}
