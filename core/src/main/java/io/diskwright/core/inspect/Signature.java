package io.diskwright.core.inspect;

import io.diskwright.spi.DiskFormat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the bytes of a known kind of file begin with. */
enum Signature {
  QCOW2("qcow2", DiskFormat.QCOW2, 0, "QFI\u00fb"),
  QED("qed", DiskFormat.QED, 0, "QED\0"),
  VMDK("vmdk", DiskFormat.VMDK, 0, "KDMV"),
  VMDK_COWD("vmdk vmfsSparse", DiskFormat.VMDK, 0, "COWD"),
  VMDK_SE_SPARSE("vmdk seSparse", DiskFormat.VMDK, 0, "\u00be\u00ba\u00fe\u00ca\0\0\0\0"),
  VMDK_DESCRIPTOR("vmdk descriptor", DiskFormat.VMDK, 0, "# Disk DescriptorFile"),
  VHDX("vhdx", DiskFormat.VHDX, 0, "vhdxfile"),
  VHD("vhd", DiskFormat.VHD, 0, "conectix"),
  VDI("vdi", DiskFormat.VDI, 64, "\u007f\u0010\u00da\u00be"),
  LUKS("luks", null, 0, "LUKS\u00ba\u00be"),
  GZIP("gzip", null, 0, "\u001f\u008b"),
  XZ("xz", null, 0, "\u00fd7zXZ\0"),
  ZSTD("zstd", null, 0, "(\u00b5/\u00fd"),
  BZIP2("bzip2", null, 0, "BZh"),
  ZIP("zip", null, 0, "PK\u0003\u0004"),
  ISO_9660("iso 9660", DiskFormat.RAW, 0x8001, "CD001"),
  UDF("udf", DiskFormat.RAW, 0x8001, "NSR0", 2048, 15),
  GPT("gpt", DiskFormat.RAW, 512, "EFI PART"),
  GPT_4K("gpt", DiskFormat.RAW, 4096, "EFI PART"),
  MBR("mbr", DiskFormat.RAW, 510, "U\u00aa");

  private static final Set<Signature> PACKED = EnumSet.of(GZIP, XZ, ZSTD, BZIP2, ZIP);

  private final String kind;
  private final @Nullable DiskFormat format;
  private final int offset;
  private final String bytes;
  private final int step;
  private final int more;

  Signature(String kind, @Nullable DiskFormat format, int offset, String bytes) {
    this(kind, format, offset, bytes, 1, 0);
  }

  /** One that may stand at several places: so many more, a step apart. */
  Signature(
      String kind, @Nullable DiskFormat format, int offset, String bytes, int step, int more) {
    this.kind = kind;
    this.format = format;
    this.offset = offset;
    this.bytes = bytes;
    this.step = step;
    this.more = more;
  }

  /** Returns what such a file is, in a word or two. */
  String kind() {
    return kind;
  }

  /** Returns the format of such a file, empty when it is no image. */
  Optional<DiskFormat> format() {
    return Optional.ofNullable(format);
  }

  /** Returns whether such a file is compressed, so that what follows may look like anything. */
  boolean packed() {
    return PACKED.contains(this);
  }

  /** Returns whether such a file is a disk's bytes themselves. */
  boolean raw() {
    return format == DiskFormat.RAW;
  }

  private boolean matches(ByteBuffer head) {
    for (int i = 0; i <= more; i++) {
      if (matches(head, offset + i * step)) {
        return true;
      }
    }
    return false;
  }

  private boolean matches(ByteBuffer head, int at) {
    if (head.limit() < at + bytes.length()) {
      return false;
    }
    byte[] there = new byte[bytes.length()];
    head.get(at, there);
    return new String(there, StandardCharsets.ISO_8859_1).equals(bytes);
  }

  /** Returns all that the first bytes of a file, from index 0 on, say it is. */
  static Set<Signature> find(ByteBuffer head) {
    return Arrays.stream(values())
        .filter(signature -> signature.matches(head))
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Signature.class)));
  }
}
