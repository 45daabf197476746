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

  static GroupState of(Map<String, String> row) {
    return new GroupState(
        row.getOrDefault("vg_uuid", ""),
        Long.parseLong(row.getOrDefault("vg_size", "")),
        Long.parseLong(row.getOrDefault("vg_free", "")),
        Long.parseLong(row.getOrDefault("vg_extent_size", "")),
        row.getOrDefault("vg_lock_type", ""),
        row.getOrDefault("vg_systemid", ""),
        row.getOrDefault("vg_partial", "").equals("partial"));
  }
}
