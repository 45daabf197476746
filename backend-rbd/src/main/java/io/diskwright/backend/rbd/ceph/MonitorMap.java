package io.diskwright.backend.rbd.ceph;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.w3c.dom.Element;

/** What {@code mon dump} prints. */
final class MonitorMap {
  private MonitorMap() {}

  /** Returns an address of each monitor, in their order: that of the second protocol, if any. */
  static List<String> addresses(byte[] xml, String cluster) throws CephException {
    List<String> addresses = new ArrayList<>();
    for (Element mon : MonXml.all(MonXml.parse(xml, cluster), "mon")) {
      List<Element> each =
          MonXml.all(mon, "type").stream().map(type -> (Element) type.getParentNode()).toList();
      Optional<Element> best = of(each, "v2").or(() -> of(each, "v1"));
      best.flatMap(address -> MonXml.text(address, "addr")).ifPresent(addresses::add);
    }
    return addresses;
  }

  private static Optional<Element> of(List<Element> addresses, String type) {
    return addresses.stream()
        .filter(address -> MonXml.text(address, "type").equals(Optional.of(type)))
        .findFirst();
  }
}
