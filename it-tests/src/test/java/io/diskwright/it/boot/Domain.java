package io.diskwright.it.boot;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.Libvirt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A machine that libvirt runs, its serial line in a file. */
final class Domain implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Libvirt libvirt;
  private final String name;
  private final Path serial;

  private Domain(Libvirt libvirt, String name, Path serial) {
    this.libvirt = libvirt;
    this.name = name;
    this.serial = serial;
  }

  /** Starts one with a disk as libvirt's XML has it. */
  static Domain withDisk(Libvirt libvirt, Path folder, String name, String disk) throws Exception {
    return start(libvirt, folder, name, "<boot dev='hd'/>", disk, "");
  }

  /** Starts one with a disk that only QEMU is told of. */
  static Domain withBlockdev(Libvirt libvirt, Path folder, String name, String node, String json)
      throws Exception {
    String arguments =
        """
        <commandline xmlns='http://libvirt.org/schemas/domain/qemu/1.0'>
          <arg value='-blockdev'/>
          <arg value='%s'/>
          <arg value='-device'/>
          <arg value='virtio-blk-pci,drive=%s,bootindex=1'/>
        </commandline>
        """
            .formatted(json, node);
    return start(libvirt, folder, name, "", "", arguments);
  }

  private static Domain start(
      Libvirt libvirt, Path folder, String name, String boot, String disk, String arguments)
      throws Exception {
    Domain domain = new Domain(libvirt, name, folder.resolve(name + ".serial"));
    Path xml = folder.resolve(name + ".xml");
    Files.writeString(
        xml,
        """
        <domain type='qemu'>
          <name>%s</name>
          <memory unit='MiB'>64</memory>
          <os><type arch='x86_64' machine='pc'>hvm</type>%s</os>
          <devices>
            %s
            <serial type='file'><source path='%s'/></serial>
            <controller type='usb' model='none'/>
            <memballoon model='none'/>
          </devices>
          %s
        </domain>
        """
            .formatted(name, boot, disk, domain.serial, arguments));
    libvirt.virsh("create", xml);
    return domain;
  }

  /** Waits until it has said something. */
  void awaitSaid(String line) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!said().contains(line)) {
      assertThat(libvirt.virsh("domstate", name)).as("%s", libvirt.log(name)).isEqualTo("running");
      assertThat(System.nanoTime() - end).as("%s says %s", name, line).isNegative();
    }
  }

  private String said() throws Exception {
    return new String(Files.readAllBytes(serial), ISO_8859_1);
  }

  /** Runs {@code virsh} on it, which must succeed; returns what it printed. */
  String virsh(String command, Object... arguments) throws Exception {
    Object[] all = new Object[arguments.length + 2];
    all[0] = command;
    all[1] = name;
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return libvirt.virsh(all);
  }

  @Override
  public void close() throws IOException {
    try {
      libvirt.virsh("destroy", name);
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
