package io.diskwright.it.bench;

import io.diskwright.it.support.OpenStack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Disks of one Glance's images beside Nova's, on the same storage. Each side syncs as it does by
 * itself: ours what it publishes; Nova what it downloads and converts, but no disk.
 *
 * <p>Arguments: a folder on ext4, a folder on XFS, the folder of a cluster, the folder with those
 * of Keystone and Glance, the program {@code nova-disks}, and the file for the JSON.
 */
public final class NovaBench {
  /** How large disks are. */
  static final long DISK_GIB = 20;

  private static final long IMAGE_SIZE = 1L << 30;
  private static final int FIRST_DISKS = 4;

  private final Table table = new Table();
  private final Path ext4;
  private final Path cluster;
  private final OpenStack cloud;
  private final Path novaDisks;
  private final Path content;
  private final String raw;

  /** Of the same bytes, but each is an image of its own, and new to all. */
  private final List<String> qcow2s = new ArrayList<>();

  private NovaBench(Path ext4, Path cluster, OpenStack cloud, Path novaDisks) throws Exception {
    this.ext4 = ext4;
    this.cluster = cluster;
    this.cloud = cloud;
    this.novaDisks = novaDisks;
    content = Images.raw(ext4.resolve("image.raw"), IMAGE_SIZE);
    Path qcow2 = Images.qcow2(content, ext4.resolve("image.qcow2"));
    raw = cloud.upload("raw", "raw", content, "rbd");
    for (int i = 0; i < FIRST_DISKS; i++) {
      qcow2s.add(cloud.upload("qcow2-" + i, "qcow2", qcow2, "file"));
    }
  }

  /** Measures everything. */
  public static void main(String[] arguments) throws Exception {
    NovaBench bench =
        new NovaBench(
            Path.of(arguments[0]),
            Path.of(arguments[2]),
            OpenStack.at(Path.of(arguments[3])),
            Path.of(arguments[4]));
    bench.onCeph();
    bench.overlays();
    bench.copies(Path.of(arguments[1]), "XFS", bench.raw, "raw");
    bench.copies(bench.ext4, "ext4", bench.raw, "raw");
    bench.copies(bench.ext4, "ext4", bench.qcow2s.get(0), "qcow2");
    Files.writeString(Path.of(arguments[5]), bench.table.json());
  }

  private void onCeph() throws Exception {
    String conf = cluster.resolve("ceph.conf").toString();
    String keys = "backend: rbd, pool: vms, user: diskwright, ceph-conf: '%s'".formatted(conf);
    String libvirt =
        """
        images_type = rbd
        images_rbd_pool = vms
        images_rbd_ceph_conf = %s
        rbd_user = diskwright
        """;
    Path folder = Files.createTempDirectory(ext4, "ceph");
    try (Both both = both(folder, keys, libvirt.formatted(conf), "raw")) {
      table.add(both.further("rbd: of raw on the cluster", "Nova: clone", 20, raw));
      String first = "Nova: download, convert, import";
      table.add(both.first("rbd: first of qcow2 of 1 GiB, a quarter data", first, qcow2s));
      table.add(both.further("rbd: further of it", "Nova: import", 5, qcow2s.get(0)));
    }
  }

  private void overlays() throws Exception {
    try (Both both = files(ext4, "qcow2")) {
      String first = "Nova: download, convert, overlay, not synced";
      table.add(both.first("qcow2: first of qcow2 of 1 GiB, synced", first, qcow2s));
      String further = "Nova: overlay, not synced";
      table.add(both.further("qcow2: further of it, synced", further, 20, qcow2s.get(0)));
    }
  }

  /** Where the file system has reflinks, these are no copies on either side. */
  private void copies(Path parent, String fileSystem, String image, String format)
      throws Exception {
    try (Both both = files(parent, "raw")) {
      String nova = "Nova: cp, qemu-img resize, not synced";
      String what = "raw on %s: further of %s, synced".formatted(fileSystem, format);
      table.add(both.copies(what, nova, 5, image));
    }
  }

  private Both files(Path parent, String backend) throws Exception {
    Path folder = Files.createTempDirectory(parent, backend);
    String keys = "backend: %s, path: '%s'".formatted(backend, folder.resolve("pool"));
    return both(folder, keys, "images_type = " + backend, backend);
  }

  private Both both(Path folder, String keys, String libvirt, String format) throws Exception {
    List<String> command =
        List.of(
            novaDisks.toString(),
            folder.resolve("nova.conf").toString(),
            cloud.keystone(),
            OpenStack.USER,
            cloud.passwordFile(OpenStack.USER).toString(),
            OpenStack.PROJECT);
    GlanceLibrary ours = GlanceLibrary.open(folder, keys, cloud.clouds());
    return new Both(ours, Nova.start(command, folder, libvirt), folder, format, content);
  }
}
