package io.diskwright.it.inspect;

import io.diskwright.it.support.Tools;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** An image that QEMU has made, in memory, to be spoiled; its checksums can be right again. */
final class ImageFile {
  private static final int KIB = 1024;
  private static final int FOOTER = 512;

  private ByteBuffer bytes;

  private ImageFile(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static ImageFile of(byte[] bytes) {
    return new ImageFile(bytes);
  }

  static ImageFile of(String text) {
    return of(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Has qemu-img make an empty one, with options. */
  static ImageFile create(Path folder, String format, String size, String... options)
      throws Exception {
    Path file = folder.resolve("made");
    Object[] arguments = new Object[options.length + 5];
    System.arraycopy(new Object[] {"create", "-q", "-f", format}, 0, arguments, 0, 4);
    System.arraycopy(options, 0, arguments, 4, options.length);
    arguments[options.length + 4] = file;
    arguments = Arrays.copyOf(arguments, arguments.length + 1);
    arguments[arguments.length - 1] = size;
    Tools.run("qemu-img", arguments);
    ImageFile image = of(Files.readAllBytes(file));
    Files.delete(file);
    return image;
  }

  ImageFile put(int offset, int... values) {
    for (int i = 0; i < values.length; i++) {
      bytes.put(offset + i, (byte) values[i]);
    }
    return this;
  }

  ImageFile put(int offset, String text) {
    bytes.put(offset, text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  ImageFile append(byte[] more) {
    byte[] all = Arrays.copyOf(bytes.array(), bytes.limit() + more.length);
    System.arraycopy(more, 0, all, bytes.limit(), more.length);
    bytes = ByteBuffer.wrap(all).order(bytes.order());
    return this;
  }

  /** Returns the last bytes. */
  byte[] last(int length) {
    return Arrays.copyOfRange(bytes.array(), bytes.limit() - length, bytes.limit());
  }

  /** Returns where some bytes stand first. */
  int find(String text) {
    return new String(bytes.array(), StandardCharsets.ISO_8859_1).indexOf(text);
  }

  /** Computes the checksums of a dynamic VHD again. */
  ImageFile sealVhd() {
    sum(0, FOOTER, 64);
    sum(FOOTER, KIB, FOOTER + 36);
    byte[] footer = Arrays.copyOf(bytes.array(), FOOTER);
    bytes.put(bytes.limit() - FOOTER, footer);
    return this;
  }

  /** Computes the checksum of the footer of a VHD again. */
  ImageFile sealVhdFooter() {
    int footer = bytes.limit() - FOOTER;
    sum(footer, FOOTER, footer + 64);
    return this;
  }

  private void sum(int at, int length, int place) {
    bytes.order(ByteOrder.BIG_ENDIAN).putInt(place, 0);
    int sum = 0;
    for (int i = at; i < at + length; i++) {
      sum += Byte.toUnsignedInt(bytes.get(i));
    }
    bytes.putInt(place, ~sum).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Computes the checksums of a VHDX again. */
  ImageFile sealVhdx() {
    crc(64 * KIB, 4 * KIB);
    crc(128 * KIB, 4 * KIB);
    crc(192 * KIB, 64 * KIB);
    crc(256 * KIB, 64 * KIB);
    return this;
  }

  private void crc(int at, int length) {
    bytes.putInt(at + 4, 0);
    CRC32C crc = new CRC32C();
    crc.update(bytes.array(), at, length);
    bytes.putInt(at + 4, (int) crc.getValue());
  }

  byte[] bytes() {
    return bytes.array();
  }

  Path write(Path file) throws IOException {
    return Files.write(file, bytes.array());
  }
}
