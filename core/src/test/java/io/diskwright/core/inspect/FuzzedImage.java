package io.diskwright.core.inspect;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * An image that a fuzzer's input makes: its first byte chooses one that is valid, what follows
 * changes it, in pieces of an offset, a length and bytes. So checksums can be right, and an input
 * is short. The highest bit of the first byte has them computed again. Choice 0 takes the input as
 * it is.
 */
final class FuzzedImage {
  private static final int MOST = 1 << 17;
  private static final int RESEAL = 0x80;
  private static final int OFFSET_LENGTH = 3;

  private static final List<Supplier<ImageBytes<?>>> VALID =
      List.of(
          VmdkBytes::monolithicSparse,
          VmdkBytes::streamOptimized,
          VdiBytes::valid,
          VhdBytes::dynamic,
          VhdBytes::fixed,
          VhdxBytes::valid,
          () -> new Qcow2Image(Qcow2Bytes.valid(9, 10_240)),
          () -> new Qcow2Image(Qcow2Bytes.valid(16, 1 << 20)));

  private FuzzedImage() {}

  /** A qcow2 as others are, to be changed. */
  private static final class Qcow2Image extends ImageBytes<Qcow2Image> {
    Qcow2Image(Qcow2Bytes image) {
      super(image.bytes().length, ByteOrder.BIG_ENDIAN);
      put(0, image.bytes());
    }

    @Override
    Qcow2Image self() {
      return this;
    }
  }

  /** Returns how many choices there are beside 0. */
  static int choices() {
    return VALID.size();
  }

  static byte[] of(byte[] input) {
    int choice = input.length == 0 ? 0 : (input[0] & 0x7f) % (VALID.size() + 1);
    if (choice == 0) {
      return Arrays.copyOfRange(input, Math.min(1, input.length), Math.min(input.length, MOST));
    }
    ImageBytes<?> image = VALID.get(choice - 1).get();
    change(image, ByteBuffer.wrap(input, 1, input.length - 1));
    if ((input[0] & RESEAL) != 0) {
      reseal(image);
    }
    return image.bytes();
  }

  private static void change(ImageBytes<?> image, ByteBuffer changes) {
    while (changes.remaining() > OFFSET_LENGTH + 1) {
      int offset = (changes.get() & 0xff) << 16 | (changes.getShort() & 0xffff);
      int length = Math.min(changes.get() & 0x3f, changes.remaining());
      byte[] bytes = new byte[length];
      changes.get(bytes);
      if (length == 0) {
        image.resize(Math.min(image.length(), offset));
      }
      if (image.length() > 0) {
        int at = offset % image.length();
        image.put(at, Arrays.copyOf(bytes, Math.min(length, image.length() - at)));
      }
    }
  }

  private static void reseal(ImageBytes<?> image) {
    if (image instanceof VhdxBytes vhdx && image.length() >= VhdxBytes.MIB) {
      vhdx.sealed();
    } else if (image instanceof VhdBytes vhd && image.length() >= VhdBytes.MIB) {
      boolean dynamic = image.getInt(0) != 0;
      VhdBytes unused = dynamic ? vhd.sealed() : vhd.sealedFooter();
    }
  }
}
