package io.diskwright.core.config;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.config.ConfigKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The configuration keys that every pool has, whatever its backend. */
public final class PoolKeys {
  /** Which backend keeps the pool. */
  public static final ConfigKey<String> BACKEND =
      ConfigKey.text("backend", "The id of the pool's backend, such as qcow2.").asRequired();

  /** The largest virtual size of an image. */
  public static final ConfigKey<Long> VIRTUAL_SIZE_LIMIT =
      ConfigKey.size("virtual-size-limit", "Images of a larger virtual size are refused.")
          .withDefault(16L << 40);

  /** Which formats images may have. */
  public static final ConfigKey<List<DiskFormat>> IMAGE_FORMATS =
      ConfigKey.list(
              "image-formats",
              "formats",
              PoolKeys::imageFormat,
              "The formats that images may have: raw, qcow2, vmdk, vhd, vhdx, vdi.")
          .withDefault(
              List.of(
                  DiskFormat.RAW,
                  DiskFormat.QCOW2,
                  DiskFormat.VMDK,
                  DiskFormat.VHD,
                  DiskFormat.VHDX,
                  DiskFormat.VDI));

  /** How much larger a compressed image may become. */
  public static final ConfigKey<Long> EXPANSION_LIMIT =
      ConfigKey.integer(
              "expansion-limit",
              1,
              100_000,
              "How many times as large as its compressed bytes the data of an image may be that is"
                  + " compressed as a whole; zeros do not count.")
          .withDefault(100L);

  /** Where images are kept while they are fetched. */
  public static final ConfigKey<Path> SPOOL_FOLDER =
      ConfigKey.path(
          "spool-folder",
          "Where an image is kept, without a name, while it is fetched and cannot go straight to"
              + " the pool. Without it that is the pool's own folder, or /var/tmp where it has"
              + " none.");

  /** How long a conversion may take. */
  public static final ConfigKey<Duration> CONVERSION_DEADLINE =
      ConfigKey.duration("conversion-deadline", "How long the conversion of an image may take.")
          .withDefault(Duration.ofHours(2));

  /** How long nothing may happen. */
  public static final ConfigKey<Duration> STALL_TIMEOUT =
      ConfigKey.duration(
              "stall-timeout", "How long a child process may do nothing before it is ended.")
          .withDefault(Duration.ofMinutes(2));

  /** Whether no tool converts anything on a host without the whole cage. */
  public static final ConfigKey<Boolean> REQUIRE_CAGE =
      ConfigKey.flag(
              "require-cage",
              "Whether images that QEMU's tools must read are not converted at all where the host"
                  + " does not offer every part of the cage in which they do so.")
          .withDefault(false);

  /** How many bases are filled at once. */
  public static final ConfigKey<Long> FILLS_AT_ONCE =
      ConfigKey.integer(
              "fills-at-once",
              1,
              256,
              "How many bases of the pool are filled at once; further ones wait for their turn.")
          .withDefault(4L);

  /** How fast bases are filled. */
  public static final ConfigKey<Long> FILL_BANDWIDTH =
      ConfigKey.size(
          "fill-bandwidth",
          1L << 20,
          "How many bytes per second filling bases may write; each of fills-at-once gets an equal"
              + " part. Without it there is no limit.");

  /** How much of the storage stays free. */
  public static final ConfigKey<Long> KEEP_FREE =
      ConfigKey.size(
              "keep-free",
              "How much of the storage stays free: what would take of it is refused before it"
                  + " starts.")
          .withDefault(0L);

  /** Whether images are cloned where they lie, or not used. */
  public static final ConfigKey<Boolean> NEVER_DOWNLOAD =
      ConfigKey.flag(
              "never-download",
              "Whether an image that is neither local nor cached, and cannot be cloned where it"
                  + " lies, is refused instead of fetched for a disk.")
          .withDefault(false);

  /** By what a fallback host is asked. */
  public static final ConfigKey<String> FALLBACK_COMMAND =
      ConfigKey.text(
              "fallback-command",
              "The command by which a fallback host is asked for a base, whose output is that of"
                  + " diskwright base export there: words between spaces, in which {host}, {pool}"
                  + " and {image} are replaced. No shell reads it here.")
          .withDefault(
              "ssh -o BatchMode=yes -o ConnectTimeout=30 {host} diskwright base export --pool"
                  + " {pool} {image}");

  /** Whether bases can be verified. */
  public static final ConfigKey<Boolean> BASE_CHECKSUMS =
      ConfigKey.flag(
              "base-checksums",
              "Whether a checksum of each base is computed when it is filled, by which it can be"
                  + " verified later. Without it, an image on the pool's own file system need not"
                  + " be read at all where blocks can be shared.")
          .withDefault(true);

  /** How long a base must not have been used to be pruned. */
  public static final ConfigKey<Duration> PRUNE_UNUSED_FOR =
      ConfigKey.duration(
              "prune-unused-for", "Bases are pruned of which no disk was made for this long.")
          .withDefault(Duration.ofDays(1));

  /** How much all bases may take up. */
  public static final ConfigKey<Long> PRUNE_MAX_SIZE =
      ConfigKey.size(
          "prune-max-size",
          "While all bases together take up more, the least recently used are pruned too.");

  /** How old a base must be to be pruned. */
  public static final ConfigKey<Duration> PRUNE_MIN_AGE =
      ConfigKey.duration("prune-min-age", "Bases are not pruned that were made less than this ago.")
          .withDefault(Duration.ofHours(1));

  private PoolKeys() {}

  private static DiskFormat imageFormat(String word) {
    DiskFormat format = DiskFormat.of(word);
    if (format == DiskFormat.QED) {
      throw new IllegalArgumentException("qed is never accepted");
    }
    return format;
  }

  /** Returns all of them but {@link #BACKEND}, in the order in which documentation lists them. */
  public static List<ConfigKey<?>> common() {
    return List.of(
        VIRTUAL_SIZE_LIMIT,
        CONVERSION_DEADLINE,
        STALL_TIMEOUT,
        IMAGE_FORMATS,
        EXPANSION_LIMIT,
        SPOOL_FOLDER,
        REQUIRE_CAGE,
        FILLS_AT_ONCE,
        FILL_BANDWIDTH,
        KEEP_FREE,
        NEVER_DOWNLOAD,
        FALLBACK_COMMAND,
        BASE_CHECKSUMS,
        PRUNE_UNUSED_FOR,
        PRUNE_MAX_SIZE,
        PRUNE_MIN_AGE);
  }
}
