package io.diskwright.backend.rbd;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.Attachment;
import io.diskwright.toolkit.pool.MachineNotice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How machines reach an image: by the cluster's monitors and a secret that libvirt keeps. */
final class RbdAttachment {
  private static final int DEFAULT_PORT = 6789;

  private RbdAttachment() {}

  /**
   * Returns the attachment of an image. libvirt (9.0 at least) takes all behind the pool's name for
   * the image's, and passes that on to QEMU, which then looks for it in the default namespace.
   */
  static Attachment of(RbdSettings settings, List<String> monitors, String image) {
    if (!settings.namespace().isEmpty()) {
      return Attachment.networkOfQemu(
          DiskFormat.RAW,
          "libvirt cannot name an image in the namespace " + settings.namespace(),
          node(settings, image));
    }
    return Attachment.network(
        DiskFormat.RAW, libvirtSource(settings, monitors, image), node(settings, image));
  }

  /** Returns what a machine that has an image open must be told when it has grown. */
  static String grown(RbdSettings settings, String image, long size) {
    if (!settings.namespace().isEmpty()) {
      return MachineNotice.grow(size);
    }
    // Of a network disk, virsh knows the target only.
    return MachineNotice.grow("DEVICE", size)
        + "; DEVICE is what virsh domblklist DOMAIN shows beside %s/%s"
            .formatted(settings.pool(), image);
  }

  private static String libvirtSource(RbdSettings settings, List<String> monitors, String image) {
    StringBuilder xml = new StringBuilder();
    xml.append(
        "<source protocol='rbd' name='%s/%s'>".formatted(escape(settings.pool()), escape(image)));
    for (String monitor : monitors) {
      int colon = monitor.lastIndexOf(':');
      String host = colon < 0 ? monitor : monitor.substring(0, colon);
      String port = colon < 0 ? Integer.toString(DEFAULT_PORT) : monitor.substring(colon + 1);
      xml.append("<host name='%s' port='%s'/>".formatted(escape(bare(host)), escape(port)));
    }
    String user = settings.access().user();
    String secret =
        settings
            .libvirtSecret()
            .map(uuid -> "uuid='%s'".formatted(escape(uuid)))
            .orElse("usage='client.%s secret'".formatted(escape(user)));
    return xml.append(
            "<auth username='%s'><secret type='ceph' %s/></auth></source>"
                .formatted(escape(user), secret))
        .toString();
  }

  /** Returns an address without the brackets that it has before a port. */
  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static Map<String, Object> node(RbdSettings settings, String image) {
    Map<String, Object> node = new LinkedHashMap<>();
    node.put("driver", "rbd");
    node.put("pool", settings.pool());
    if (!settings.namespace().isEmpty()) {
      node.put("namespace", settings.namespace());
    }
    node.put("image", image);
    settings.access().conf().ifPresent(conf -> node.put("conf", conf.toString()));
    node.put("user", settings.access().user());
    return node;
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("'", "&apos;")
        .replace("\"", "&quot;");
  }
}
