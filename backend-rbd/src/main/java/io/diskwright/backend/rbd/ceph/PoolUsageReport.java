package io.diskwright.backend.rbd.ceph;

import java.util.Optional;
import java.util.OptionalLong;
import org.w3c.dom.Element;

/** What {@code df detail} prints. */
final class PoolUsageReport {
  private PoolUsageReport() {}

  /** Returns what it says of a pool; empty when the pool has not been counted. */
  static Optional<PoolStats> of(byte[] xml, String pool) throws CephException {
    for (Element element : MonXml.all(MonXml.parse(xml, pool), "pool")) {
      if (MonXml.text(element, "name").filter(pool::equals).isPresent()) {
        long quota = number(element, "quota_bytes").orElse(0);
        return Optional.of(
            new PoolStats(
                number(element, "stored").orElse(0),
                number(element, "max_avail").orElse(0),
                quota == 0 ? OptionalLong.empty() : OptionalLong.of(quota)));
      }
    }
    return Optional.empty();
  }

  private static OptionalLong number(Element pool, String name) {
    return MonXml.text(pool, name).stream().mapToLong(Long::parseLong).findFirst();
  }
}
