package io.diskwright.backend.lvm.lvm2;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file like a physical volume's beginning, as far as its metadata goes. */
final class PhysicalVolume {
  static final int AREA = 4096;
  static final int HEADER = 512;

  /** Where in the area the first place of metadata is. */
  static final int PLACE = 40;

  private static final int AREA_SIZE = 8192;

  private PhysicalVolume() {}

  /**
   * Returns its bytes.
   *
   * @param place where in the area the metadata begins; what does not fit goes on behind the header
   */
  static byte[] bytes(byte[] text, int place) {
    ByteBuffer bytes = ByteBuffer.allocate(AREA + AREA_SIZE).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(AREA + 4, " LVM2 x[5A%r0N*>".getBytes(US_ASCII));
    bytes.putInt(AREA + 20, 1).putLong(AREA + 24, AREA).putLong(AREA + 32, AREA_SIZE);
    bytes.putLong(AREA + PLACE, place).putLong(AREA + PLACE + 8, text.length);
    bytes.putInt(AREA + PLACE + 16, MetadataMark.checksum(text));
    int first = Math.min(text.length, AREA_SIZE - place);
    bytes.put(AREA + place, text, 0, first);
    bytes.put(AREA + HEADER, text, first, text.length - first);
    return bytes.array();
  }

  static Path write(Path device, byte[] text, int place) throws IOException {
    return Files.write(device, bytes(text, place));
  }

  /** Leaves the header as another one, which fits nothing. */
  static void damage(Path device) throws IOException {
    byte[] bytes = Files.readAllBytes(device);
    bytes[AREA + PLACE + 16]++;
    Files.write(device, bytes);
  }
}
