package io.diskwright.backend.lvm.lvm2;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private static final Pattern GROUPS =
      Pattern.compile("(.{6})(.{4})(.{4})(.{4})(.{4})(.{4})(.{6})");

  /**
   * Asks the kernel.
   *
   * @param path the device
   * @throws IOException when it is not there, or none of lvm2's
   */
  public static Device read(Path path) throws IOException {
    if (!(Files.getAttribute(path, "unix:rdev") instanceof Number number)) {
      throw new IllegalStateException("attribute (rdev) must be a number");
    }
    Path said = DEVICES.resolve(majorAndMinor(number.longValue()));
    String id = Files.readString(said.resolve("dm/uuid")).strip();
    var volume = LVM.matcher(id);
    if (!volume.matches()) {
      throw new IOException("%s is the device of no volume: %s".formatted(path, id));
    }
    return new Device(
        GROUPS.matcher(volume.group(1)).replaceFirst("$1-$2-$3-$4-$5-$6-$7"),
        Long.parseLong(Files.readString(said.resolve("size")).strip()) * SECTOR);
  }

  /** The layout of {@code dev_t} in Linux's {@code stat} (makedev(3)). */
  private static String majorAndMinor(long device) {
    long major = (device >>> 8) & 0xfff;
    long minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
    return major + ":" + minor;
  }
}
