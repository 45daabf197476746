package io.diskwright.backend.lvm.lvm2;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.diskwright.toolkit.os.Errno;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;

/** Asks the kernel of active devices, without a program (Linux's {@code uapi/linux/dm-ioctl.h}). */
final class DeviceMapper {
  private static final Path CONTROL = Path.of("/dev/mapper/control");
  private static final int SECTOR = 512;
  private static final long TABLE_STATUS = 0xc138fd0cL;
  private static final int VERSION = 4;

  // Where things are in struct dm_ioctl, and then in struct dm_target_spec.
  private static final int HEADER = 312;
  private static final int SIZE_AT = 12;
  private static final int START_AT = 16;
  private static final int TARGETS_AT = 20;
  private static final int FLAGS_AT = 28;
  private static final int UUID_AT = 176;
  private static final int TARGET = 40;
  private static final int SECTORS_AT = 8;
  private static final int LENGTH = HEADER + TARGET + 1024;

  /** Without it a thin pool would write its metadata out first. */
  private static final int NOFLUSH = 1 << 11;

  private DeviceMapper() {}

  /**
   * What a device of one target says.
   *
   * @param size its size in bytes
   * @param text what its target says of itself
   */
  record Status(long size, String text) {}

  /**
   * Asks for a device's status.
   *
   * @param uuid the device's id, such as {@code LVM-…}
   * @return empty when it is not there, or not of one target
   * @throws OsException when it cannot be asked
   */
  static Optional<Status> status(String uuid) throws OsException {
    ByteBuffer call = ByteBuffer.allocate(LENGTH).order(ByteOrder.nativeOrder());
    call.putInt(0, VERSION).putInt(SIZE_AT, LENGTH).putInt(START_AT, HEADER);
    call.putInt(FLAGS_AT, NOFLUSH);
    call.put(UUID_AT, uuid.getBytes(US_ASCII));
    try (NativeFile control = NativeFile.openWrite(CONTROL)) {
      control.control("ask for the status of " + uuid, TABLE_STATUS, call.array());
    } catch (OsException e) {
      if (e.errno() == Errno.ENXIO) {
        return Optional.empty();
      }
      throw e;
    }
    int target = call.getInt(START_AT);
    if (call.getInt(TARGETS_AT) != 1) {
      return Optional.empty();
    }
    int text = target + TARGET;
    int end = text;
    while (end < LENGTH && call.get(end) != 0) {
      end++;
    }
    return Optional.of(
        new Status(
            call.getLong(target + SECTORS_AT) * SECTOR,
            new String(call.array(), text, end - text, US_ASCII)));
  }
}
