package io.diskwright.backend.lvm;

import io.diskwright.spi.config.ConfigKey;
import java.nio.file.Path;
import java.util.List;

/** What a pool on LVM is told. */
final class LvmKeys {
  static final ConfigKey<String> VOLUME_GROUP =
      ConfigKey.text("volume-group", "The volume group that holds bases and disks.").asRequired();

  static final ConfigKey<String> THIN_POOL =
      ConfigKey.text("thin-pool", "The thin pool in it, in which they are made.").asRequired();

  static final ConfigKey<Path> PATH =
      ConfigKey.path(
          "path",
          "A folder on this host for locks, and for what is being made; else one for the thin pool"
              + " under /var/lib/diskwright/lvm. All who use the pool must have the same.");

  private LvmKeys() {}

  static List<ConfigKey<?>> all() {
    return List.of(VOLUME_GROUP, THIN_POOL, PATH);
  }
}
