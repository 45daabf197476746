package io.diskwright.backend.lvm.lvm2;

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
 */
public record GroupState(
    String uuid,
    long size,
    long free,
    long extentSize,
    String lockType,
    String systemId,
    boolean partial) {
  static final List<String> FIELDS =
      List.of(
          "vg_uuid",
          "vg_size",
          "vg_free",
          "vg_extent_size",
          "vg_lock_type",
          "vg_systemid",
          "vg_partial");

  /**
   * Returns the group of a row.
   *
   * @throws IllegalArgumentException when a field is missing or malformed
   */
  static GroupState of(Map<String, String> row) {
    return new GroupState(
        Report.field(row, "vg_uuid"),
        Long.parseLong(Report.field(row, "vg_size")),
        Long.parseLong(Report.field(row, "vg_free")),
        Long.parseLong(Report.field(row, "vg_extent_size")),
        Report.field(row, "vg_lock_type"),
        Report.field(row, "vg_systemid"),
        Report.field(row, "vg_partial").equals("partial"));
  }
}
