package io.diskwright.backend.lvm.lvm2;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the kernel says of the device of an active volume, without a question to lvm2.
 *
 * @param uuid the volume's id, as {@link Volume#uuid} has it
 * @param size its size in bytes
 */
public record Device(String uuid, long size) {
  private static final Path DEVICES = Path.of("/sys/dev/block");
  private static final int SECTOR = 512; // sysfs counts in these, whatever the device does

  /** {@code LVM-}, the group's id and the volume's, without the dashes that lvm2 prints. */
  private static final Pattern LVM = Pattern.compile("LVM-\\w{32}(\\w{32})");

  /** How many sectors are mapped, and the last of them. */
  private static final Pattern THIN = Pattern.compile("(\\d+) .*");

  private static final Pattern GROUPS =
      Pattern.compile("(.{6})(.{4})(.{4})(.{4})(.{4})(.{4})(.{6})");

  /**
   * Asks the kernel.
   *
   * @param path the device
   * @throws IOException when it is not there, or none of lvm2's
   */
  public static Device read(Path path) throws IOException {
    Path said = said(path);
    String id = id(said);
    var volume = LVM.matcher(id);
    if (!volume.matches()) {
      throw new IOException("%s is the device of no volume: %s".formatted(path, id));
    }
    return new Device(
        GROUPS.matcher(volume.group(1)).replaceFirst("$1-$2-$3-$4-$5-$6-$7"),
        Long.parseLong(Files.readString(said.resolve("size")).strip()) * SECTOR);
  }

  /**
   * Returns how many bytes of its thin pool a thin volume takes, shared or not (Linux's {@code
   * device-mapper/thin-provisioning.rst}).
   *
   * @param path its device
   * @throws IOException when it is not there, or not of a thin volume
   */
  public static long allocated(Path path) throws IOException {
    String id = id(said(path));
    return DeviceMapper.status(id)
        .map(status -> THIN.matcher(status.text()))
        .filter(Matcher::matches)
        .map(mapped -> Long.parseLong(mapped.group(1)) * SECTOR)
        .orElseThrow(() -> new IOException("%s is no thin volume: %s".formatted(path, id)));
  }

  /** Returns the folder in which the kernel tells of a device. */
  private static Path said(Path path) throws IOException {
    if (!(Files.getAttribute(path, "unix:rdev") instanceof Number number)) {
      throw new IllegalStateException("attribute (rdev) must be a number");
    }
    return DEVICES.resolve(majorAndMinor(number.longValue()));
  }

  private static String id(Path said) throws IOException {
    return Files.readString(said.resolve("dm/uuid")).strip();
  }

  /** The layout of {@code dev_t} in Linux's {@code stat} (makedev(3)). */
  private static String majorAndMinor(long device) {
    long major = (device >>> 8) & 0xfff;
    long minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
    return major + ":" + minor;
  }
}
