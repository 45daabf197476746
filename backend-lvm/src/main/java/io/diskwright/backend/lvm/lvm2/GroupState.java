package io.diskwright.backend.lvm.lvm2;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A volume group, as lvm2 reported it.
 *
 * @param uuid its id
 * @param size its size in bytes
 * @param free how many bytes belong to no volume
 * @param extentSize the unit of all sizes in bytes
 * @param lockType how hosts that share it lock it; empty when one host has it
 * @param systemId the host that it belongs to; empty when it belongs to none
 * @param partial whether physical volumes of it are missing
 * @param metadataSize how many bytes each of its physical volumes has for metadata, at least
 * @param metadataFree how many of these the metadata can still grow by
 * @param tags its tags
 * @param devices the devices of its physical volumes
 */
public record GroupState(
    String uuid,
    long size,
    long free,
    long extentSize,
    String lockType,
    String systemId,
    boolean partial,
    long metadataSize,
    long metadataFree,
    List<String> tags,
    List<Path> devices) {
  static final List<String> FIELDS =
      List.of(
          "vg_uuid",
          "vg_size",
          "vg_free",
          "vg_extent_size",
          "vg_lock_type",
          "vg_systemid",
          "vg_partial",
          "vg_tags",
          "vg_mda_size",
          "vg_mda_free",
          "pv_name");

  /** Copies the lists. */
  public GroupState {
    tags = List.copyOf(tags);
    devices = List.copyOf(devices);
  }

  /**
   * Returns the group of a report, which has a row for each of its physical volumes.
   *
   * @throws IllegalArgumentException when there is no row, or a field is missing or malformed
   */
  static GroupState of(List<Map<String, String>> rows) {
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("there is no row");
    }
    Map<String, String> row = rows.get(0);
    return new GroupState(
        Report.field(row, "vg_uuid"),
        Long.parseLong(Report.field(row, "vg_size")),
        Long.parseLong(Report.field(row, "vg_free")),
        Long.parseLong(Report.field(row, "vg_extent_size")),
        Report.field(row, "vg_lock_type"),
        Report.field(row, "vg_systemid"),
        Report.field(row, "vg_partial").equals("partial"),
        Long.parseLong(Report.field(row, "vg_mda_size")),
        Long.parseLong(Report.field(row, "vg_mda_free")),
        Report.tags(row, "vg_tags"),
        rows.stream().map(each -> Path.of(Report.field(each, "pv_name"))).toList());
  }

  /** Returns whether hosts share it, and lock it by {@code lvmlockd}. */
  public boolean isShared() {
    return !lockType.isEmpty() && !lockType.equals("none");
  }
}
