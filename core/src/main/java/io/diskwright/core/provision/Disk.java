package io.diskwright.core.provision;

import io.diskwright.spi.backend.Attachment;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A disk as it was when it was asked for: its record, and how a machine reaches it.
 *
 * @param pool the pool that it is on
 * @param record its record
 * @param attachment how a machine reaches it
 */
public record Disk(PoolName pool, DiskRecord record, Attachment attachment) {
  /** Checks that nothing is null. */
  public Disk {
    Objects.requireNonNull(pool, "pool");
    Objects.requireNonNull(record, "record");
    Objects.requireNonNull(attachment, "attachment");
  }

  /** Returns the file or device on this host, if it is one. */
  public Optional<Path> path() {
    return attachment.path();
  }

  /**
   * Returns the disk as libvirt's {@code <disk>} element.
   *
   * @param target the device name that the guest is to have it by, such as {@code vda}; letters and
   *     digits
   * @throws IllegalArgumentException when {@code target} is not that
   * @throws DiskException {@code UNSUPPORTED} when libvirt has no words for where the disk is
   */
  public String libvirtDisk(String target) throws DiskException {
    if (!target.matches("[A-Za-z0-9]{1,32}")) {
      throw new IllegalArgumentException(
          "target (%s) must be 1 to 32 letters and digits".formatted(target));
    }
    return """
        <disk type='%s' device='disk'>
          <driver name='qemu' type='%s' discard='unmap'/>
          %s
          <target dev='%s' bus='%s'/>
        </disk>
        """
        .formatted(
            attachment.type().name().toLowerCase(Locale.ROOT),
            attachment.format().id(),
            attachment.libvirtSource().orElseThrow(this::notForLibvirt),
            target,
            bus(target));
  }

  private DiskException notForLibvirt() {
    return DiskException.of(Reason.UNSUPPORTED, "tell libvirt of disk")
        .pool(pool.value())
        .resource(record.name().value())
        .said(attachment.whyNotLibvirt())
        .remedy("give it to the machine as QEMU's -blockdev, or use another pool")
        .build();
  }

  private static String bus(String target) {
    if (target.startsWith("sd")) {
      return "scsi";
    }
    return target.startsWith("hd") ? "ide" : "virtio";
  }

  /**
   * Returns the disk as the value of QEMU's {@code -blockdev}, in JSON.
   *
   * @param nodeName the name that the machine is to know it by, such as {@code root}
   */
  public String qemuBlockdev(String nodeName) {
    Map<String, Object> node = new LinkedHashMap<>();
    node.put("driver", attachment.format().id());
    node.put("node-name", nodeName);
    node.put("discard", "unmap");
    node.put("file", attachment.protocolNode());
    return Json.write(node);
  }
}
