package io.diskwright.it.inspect;

import io.diskwright.it.support.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Of every kind of hostile file one, made by QEMU and spoiled, with the reason it is refused by.
 */
final class HostileFiles {
  private static final String SIZE = "2M";
  private static final String HOST_FILE = "/etc/passwd";

  private final Path folder;
  private final Map<Path, String> files = new LinkedHashMap<>();

  private HostileFiles(Path folder) {
    this.folder = folder;
  }

  /** Makes them in a folder; returns why each is refused. */
  static Map<Path, String> in(Path folder) throws Exception {
    HostileFiles all = new HostileFiles(folder);
    all.qcow2();
    all.vmdk();
    all.vhd();
    all.vhdx();
    all.vdi();
    all.others();
    all.packed();
    return all.files;
  }

  private void add(String name, ImageFile image, String reason) throws Exception {
    files.put(image.write(folder.resolve(name)), reason);
  }

  private ImageFile made(String format, String... options) throws Exception {
    return ImageFile.create(folder, format, SIZE, options);
  }

  private void qcow2() throws Exception {
    add("backing.qcow2", made("qcow2", "-b", HOST_FILE, "-F", "raw", "-u"), "backing file");
    Path data = folder.resolve("data");
    add("data.qcow2", made("qcow2", "-o", "data_file=" + data), "external data file");
    Files.deleteIfExists(data);
    add("feature.qcow2", made("qcow2").put(79, 0x20), "unknown incompatible features");
    add("corrupt.qcow2", made("qcow2").put(79, 2), "marked as corrupt");
    add("mbr.qcow2", made("qcow2").put(510, 0x55, 0xaa), "several formats at once: qcow2, mbr");
    add("iso.qcow2", made("qcow2").put(0x8001, "CD001"), "several formats at once: qcow2, iso");
    add("table.qcow2", made("qcow2").put(40, 0x10), "its L1 table is not within the file");
    add("huge.qcow2", ImageFile.create(folder, "qcow2", "60T"), "above the limit");
    byte[] footer = made("vpc", "-o", "subformat=fixed").last(512);
    add("vhd.qcow2", made("qcow2").append(footer), "several formats at once: qcow2, vhd");
  }

  private void vmdk() throws Exception {
    String flat =
        """
        # Disk DescriptorFile
        version=1
        CID=12345678
        parentCID=ffffffff
        createType="monolithicFlat"
        RW 4 FLAT "%s" 0
        """
            .formatted(HOST_FILE);
    add("flat.vmdk", ImageFile.of(flat), "only a descriptor");
    String hint = "parentFileNameHint=\"" + HOST_FILE + "\"\n";
    add("hint.vmdk", withDescriptor(hint), "names a parent");
    add("comment.vmdk", withDescriptor("# " + hint), "names a parent");
    add("setting.vmdk", withDescriptor("ddb." + hint), "names a parent");
    ImageFile path = made("vmdk");
    add("path.vmdk", path.put(path.find("\"made\"") + 1, "/etc"), "names another file");
    add("moved.vmdk", made("vmdk").put(28, 2), "its descriptor is not where");
    add("capacity.vmdk", made("vmdk").put(12, 0, 0), "its geometry is absurd");
    add(
        "footer.vmdk",
        made("vmdk", "-o", "subformat=streamOptimized").put(56, -1, -1, -1, -1, -1, -1, -1, -1),
        "its footer");
    add("cowd.vmdk", ImageFile.of("COWD" + "\1".repeat(2048)), "one file of several");
  }

  private ImageFile withDescriptor(String line) throws Exception {
    ImageFile image = made("vmdk");
    int end = image.find("ddb.toolsVersion"); // the last line, which is longer
    return image.put(end, line + "#");
  }

  private void vhd() throws Exception {
    add("child.vhd", made("vpc").put(63, 4).sealVhd(), "has a parent");
    add("checksum.vhd", made("vpc").put(50, 7), "checksum of its footer");
    add("table.vhd", made("vpc").put(512 + 16, 0x10).sealVhd(), "block table");
  }

  private void vhdx() throws Exception {
    add(
        "log.vhdx",
        made("vhdx").put((64 << 10) + 48, 1).put((128 << 10) + 48, 1).sealVhdx(),
        "its log has still to be replayed");
    add("checksum.vhdx", made("vhdx").put((64 << 10) + 100, 1).put((128 << 10) + 100, 1), "header");
    ImageFile child = made("vhdx");
    add("child.vhdx", child.put(child.find("metadata") + (64 << 10) + 4, 2), "has a parent");
  }

  private void vdi() throws Exception {
    add("child.vdi", made("vdi").put(0x4c, 4), "depends on another file");
    add("parent.vdi", made("vdi").put(0x1b8, 1), "has a parent");
    add("mbr.vdi", made("vdi").put(510, 0x55, 0xaa), "several formats at once: vdi, mbr");
  }

  private void others() throws Exception {
    add("any.qed", made("qed"), "qed is never accepted");
    add("v1.luks", ImageFile.of("LUKS\u00ba\u00be\0\1" + "x".repeat(4096)), "encrypted LUKS");
    add("v2.luks", ImageFile.of("LUKS\u00ba\u00be\0\2" + "x".repeat(4096)), "encrypted LUKS");
    add("nothing", ImageFile.of("nothing that is known"), "not an image that is known");
    add("one-byte", ImageFile.of("Q"), "not an image that is known");
    add("packed.bz2", ImageFile.of("BZh91AY"), "file of bzip2");
  }

  private void packed() throws Exception {
    Path image = made("qcow2", "-b", HOST_FILE, "-F", "raw", "-u").write(folder.resolve("inner"));
    for (String tool : new String[] {"gzip", "xz", "zstd"}) {
      ImageFile packed = packed(tool, image);
      add("hostile." + tool, packed, "backing file");
      add(
          "trailing." + tool,
          ImageFile.of(packed.bytes().clone()).append(new byte[] {7}),
          "damaged");
      byte[] cut = Arrays.copyOf(packed.bytes(), packed.bytes().length - 9);
      add("cut." + tool, ImageFile.of(cut), "damaged");
      Path once = packed.write(folder.resolve("once"));
      add("nested." + tool, packed(tool, once), "file of " + tool);
      Files.delete(once);
    }
    Files.delete(image);
  }

  private ImageFile packed(String tool, Path file) throws Exception {
    String suffix = tool.equals("gzip") ? ".gz" : tool.equals("xz") ? ".xz" : ".zst";
    Tools.run(tool, "-q", "-k", file);
    Path packed = Path.of(file + suffix);
    ImageFile image = ImageFile.of(Files.readAllBytes(packed));
    Files.delete(packed);
    return image;
  }
}
