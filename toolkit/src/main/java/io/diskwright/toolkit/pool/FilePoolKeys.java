package io.diskwright.toolkit.pool;

import io.diskwright.spi.config.ConfigKey;
import java.nio.file.Path;
import java.util.List;

/** The configuration keys of every pool of files. */
public final class FilePoolKeys {
  /** Where the pool is. */
  public static final ConfigKey<Path> PATH =
      ConfigKey.path("path", "The pool's folder, on a local file system; made when it is missing.")
          .asRequired();

  /** Whether disks are durable before they are found. */
  public static final ConfigKey<Boolean> SYNC_DISKS =
      ConfigKey.flag(
              "sync-disks",
              "Whether a new disk is synced before its record is; bases always are. Without it a"
                  + " power failure may lose disks that were just made.")
          .withDefault(true);

  /** The owner of the pool's files. */
  public static final ConfigKey<String> OWNER =
      ConfigKey.text(
          "owner", "The user who owns the pool's files, such as libvirt-qemu; else who made them.");

  /** The group of the pool's files. */
  public static final ConfigKey<String> GROUP =
      ConfigKey.text("group", "The group of the pool's files; else that of who made them.");

  /** The permission bits of disks. */
  public static final ConfigKey<String> MODE =
      ConfigKey.choice("mode", "The permission bits of disks.", "0600", "0640", "0660", "0644")
          .withDefault("0600");

  private FilePoolKeys() {}

  /** Returns all of them, in the order in which documentation lists them. */
  public static List<ConfigKey<?>> all() {
    return List.of(PATH, SYNC_DISKS, OWNER, GROUP, MODE);
  }
}
