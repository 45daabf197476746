package io.diskwright.toolkit.pool;

/** What a machine that has a disk open must be told. */
public final class MachineNotice {
  private MachineNotice() {}

  /**
   * Returns what tells a machine that its disk is to be larger.
   *
   * @param disk the disk's path, or the device that libvirt knows it by
   * @param size its new size in bytes
   */
  public static String grow(String disk, long size) {
    return grow(size) + ", or libvirt: virsh blockresize DOMAIN %s %dB".formatted(disk, size);
  }

  /**
   * Returns what tells a machine that its disk is to be larger, when libvirt does not know the
   * disk.
   *
   * @param size its new size in bytes
   */
  public static String grow(long size) {
    return ("a machine has it open: tell QEMU {\"execute\": \"block_resize\", \"arguments\":"
            + " {\"node-name\": NODE, \"size\": %d}}")
        .formatted(size);
  }
}
