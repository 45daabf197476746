package io.diskwright.spi.backend;

import io.diskwright.spi.DiskFormat;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a machine reaches a disk; immutable. Core renders it as a libvirt {@code <disk>} element and
 * as a QEMU {@code -blockdev}.
 */
public final class Attachment {
  /** The kinds of libvirt's {@code <disk type=…>}. */
  public enum Type {
    /** A file. */
    FILE,
    /** A block device. */
    BLOCK,
    /** Something QEMU reaches over the network. */
    NETWORK
  }

  private final Type type;
  private final DiskFormat format;
  private final @Nullable Path path;
  private final @Nullable String libvirtSource;
  private final String whyNotLibvirt;
  private final Map<String, Object> protocolNode;

  private Attachment(
      Type type,
      DiskFormat format,
      @Nullable Path path,
      @Nullable String libvirtSource,
      String whyNotLibvirt,
      Map<String, Object> protocolNode) {
    this.type = Objects.requireNonNull(type, "type");
    this.format = Objects.requireNonNull(format, "format");
    this.path = path;
    this.libvirtSource = libvirtSource;
    this.whyNotLibvirt = Objects.requireNonNull(whyNotLibvirt, "whyNotLibvirt");
    this.protocolNode = Collections.unmodifiableMap(new LinkedHashMap<>(protocolNode));
  }

  /**
   * Returns the attachment of a file.
   *
   * @param path the file, absolute
   * @param format its format, from the disk's record
   */
  public static Attachment file(Path path, DiskFormat format) {
    return new Attachment(
        Type.FILE,
        format,
        path,
        "<source file='%s'/>".formatted(escape(path.toString())),
        "",
        protocol("file", path));
  }

  /**
   * Returns the attachment of a block device.
   *
   * @param path the device, absolute
   * @param format its format, from the disk's record
   */
  public static Attachment block(Path path, DiskFormat format) {
    return new Attachment(
        Type.BLOCK,
        format,
        path,
        "<source dev='%s'/>".formatted(escape(path.toString())),
        "",
        protocol("host_device", path));
  }

  /**
   * Returns the attachment of something on the network.
   *
   * @param format its format, from the disk's record
   * @param libvirtSource libvirt's {@code <source>} element, and {@code <auth>} inside it if
   *     needed; it refers to secrets and holds none
   * @param protocolNode the members of QEMU's protocol node, such as {@code driver}, {@code pool}
   *     and {@code image}: strings, numbers, booleans, lists and maps of them
   */
  public static Attachment network(
      DiskFormat format, String libvirtSource, Map<String, Object> protocolNode) {
    Objects.requireNonNull(libvirtSource, "libvirtSource");
    return new Attachment(Type.NETWORK, format, null, libvirtSource, "", protocolNode);
  }

  /**
   * Returns the attachment of something on the network that QEMU can be told, and libvirt cannot.
   *
   * @param format its format, from the disk's record
   * @param whyNotLibvirt why libvirt cannot be told, as a sentence without a full stop
   * @param protocolNode as for {@link #network}
   */
  public static Attachment networkOfQemu(
      DiskFormat format, String whyNotLibvirt, Map<String, Object> protocolNode) {
    return new Attachment(Type.NETWORK, format, null, null, whyNotLibvirt, protocolNode);
  }

  private static Map<String, Object> protocol(String driver, Path path) {
    Map<String, Object> node = new LinkedHashMap<>();
    node.put("driver", driver);
    node.put("filename", path.toString());
    return node;
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("'", "&apos;")
        .replace("\"", "&quot;");
  }

  /** Returns which kind it is. */
  public Type type() {
    return type;
  }

  /** Returns the format that the machine must be told. */
  public DiskFormat format() {
    return format;
  }

  /** Returns the file or device on this host, if it is one. */
  public Optional<Path> path() {
    return Optional.ofNullable(path);
  }

  /** Returns libvirt's {@code <source>} element, if libvirt can be told. */
  public Optional<String> libvirtSource() {
    return Optional.ofNullable(libvirtSource);
  }

  /** Returns why there is no {@link #libvirtSource}; empty when there is one. */
  public String whyNotLibvirt() {
    return whyNotLibvirt;
  }

  /** Returns the members of QEMU's protocol node. */
  public Map<String, Object> protocolNode() {
    return protocolNode;
  }
}
