package io.diskwright.backend.lvm;

import io.diskwright.spi.config.ConfigKey;
import java.nio.file.Path;
import java.util.List;

/** What a pool on LVM is told. */
final class LvmKeys {
  static final ConfigKey<String> VOLUME_GROUP =
      ConfigKey.text("volume-group", "The volume group that holds bases and disks.").asRequired();

  static final ConfigKey<String> THIN_POOL =
      ConfigKey.text(
          "thin-pool",
          "The thin pool in it, in which they are made; without it disks are linear volumes, and bases"
              + " files.");

  static final ConfigKey<Path> PATH =
      ConfigKey.path(
          "path",
          "A folder on this host for locks, for what is being made, and, without a thin pool, for"
              + " bases; else one for the thin pool under /var/lib/diskwright/lvm, or for the group under"
              + " /var/lib/diskwright/linear. All who use the pool must have the same.");

  static final ConfigKey<String> WIPE =
      ConfigKey.choice(
          "wipe",
          "What is done to a linear volume before it is removed, so that nobody reads what was on it:"
              + " zero (by default), discard (or zero when the device cannot), or none. Thin pools"
              + " need none of it.",
          Wiping.WORDS);

  static final ConfigKey<Boolean> ALLOW_NO_ZERO =
      ConfigKey.flag(
              "allow-no-zero",
              "Whether the thin pool may hand out space that it does not zero (zero=n): disks may then"
                  + " show their machines what others have deleted.")
          .withDefault(false);

  static final ConfigKey<Boolean> ALLOW_SHARED =
      ConfigKey.flag(
              "allow-shared",
              "Whether the group may have a lock type: lvmlockd must then run, and let this host"
                  + " alone have the thin pool.")
          .withDefault(false);

  static final ConfigKey<String> SYSTEM_ID =
      ConfigKey.text(
          "system-id",
          "The system id of the group when that is another host's; that host must not use it.");

  private LvmKeys() {}

  static List<ConfigKey<?>> all() {
    return List.of(VOLUME_GROUP, THIN_POOL, PATH, WIPE, ALLOW_NO_ZERO, ALLOW_SHARED, SYSTEM_ID);
  }
}
