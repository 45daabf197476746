package io.diskwright.core.inspect;

import io.diskwright.spi.DiskFormat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the bytes of a known kind of file begin with.
 *
 * <p>The order matters where one contains another: the first that matches is the one.
 */
enum Signature {
  QCOW2(DiskFormat.QCOW2, 0, "QFI\u00fb", "qcow2"),
  QED(DiskFormat.QED, 0, "QED\0", "qed"),
  VMDK_SPARSE(DiskFormat.VMDK, 0, "KDMV", "vmdk"),
  VMDK_COWD(DiskFormat.VMDK, 0, "COWD", "vmdk"),
  VMDK_DESCRIPTOR(DiskFormat.VMDK, 0, "# Disk DescriptorFile", "vmdk"),
  VHDX(DiskFormat.VHDX, 0, "vhdxfile", "vhdx"),
  VHD(DiskFormat.VHD, 0, "conectix", "vhd"),
  VDI(DiskFormat.VDI, 64, "\u007f\u0010\u00da\u00be", "vdi"),
  LUKS(null, 0, "LUKS\u00ba\u00be", "an encrypted LUKS volume"),
  GZIP(null, 0, "\u001f\u008b", "compressed by gzip"),
  XZ(null, 0, "\u00fd7zXZ\0", "compressed by xz"),
  ZSTD(null, 0, "(\u00b5/\u00fd", "compressed by zstd"),
  BZIP2(null, 0, "BZh", "compressed by bzip2"),
  ZIP(null, 0, "PK\u0003\u0004", "a zip archive"),
  ISO_9660(DiskFormat.RAW, 0x8001, "CD001", "ISO 9660"),
  GPT(DiskFormat.RAW, 512, "EFI PART", "GPT"),
  MBR(DiskFormat.RAW, 510, "U\u00aa", "MBR");

  /** How many bytes from the start are needed to tell. */
  static final int WINDOW = 64 * 1024;

  private final @Nullable DiskFormat format;
  private final int offset;
  private final String bytes;
  private final String description;

  Signature(@Nullable DiskFormat format, int offset, String bytes, String description) {
    this.format = format;
    this.offset = offset;
    this.bytes = bytes;
    this.description = description;
  }

  /** Returns the format of such a file, empty when it is none that is known. */
  Optional<DiskFormat> format() {
    return Optional.ofNullable(format);
  }

  /** Returns what such a file is, as words for a person. */
  String description() {
    return description;
  }

  private boolean matches(ByteBuffer start) {
    if (start.remaining() < offset + bytes.length()) {
      return false;
    }
    byte[] there = new byte[bytes.length()];
    start.get(start.position() + offset, there);
    return new String(there, StandardCharsets.ISO_8859_1).equals(bytes);
  }

  /** Returns what the first bytes of a file say it is. */
  static Optional<Signature> find(ByteBuffer start) {
    return Arrays.stream(values()).filter(signature -> signature.matches(start)).findFirst();
  }
}
