package io.diskwright.core.inspect;

import io.diskwright.spi.DiskFormat;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;

/**
 * A disk's bytes themselves: with a partition table or a file system that is known, or declared to
 * be. A footer behind them makes them a fixed VHD.
 */
final class RawRules extends FormatRules {
  private final Set<Signature> signatures;
  private final Detection detection;
  private final Findings findings;

  RawRules(Set<Signature> signatures, Detection detection, Findings findings) {
    this.signatures = signatures;
    this.detection = detection;
    this.findings = findings;
  }

  @Override
  void head(ByteBuffer head) {
    boolean asVhd = detection.declared().equals(Optional.of(DiskFormat.VHD));
    if (!signatures.isEmpty() && !asVhd) {
      detection.is(kind(), Optional.of(DiskFormat.RAW));
    }
    signatures.stream().map(Signature::kind).distinct().forEach(findings::feature);
  }

  @Override
  boolean endsAsVhd() {
    return true;
  }

  private String kind() {
    return signatures.iterator().next().kind();
  }

  @Override
  void end(long size, ByteBuffer tail) {
    Optional<VhdFooter> footer = VhdFooter.find(tail);
    if (footer.isPresent() && footer.get().isFixed()) {
      detection.is("vhd", Optional.of(DiskFormat.VHD));
      findings.feature("fixed");
      VhdRules.checkFixed(footer.get(), size, findings);
      return;
    }
    findings.require(
        !VhdFooter.isAt(tail), "it ends as a fixed vhd does, with a footer that is not one's");
    findings.require(size > 0, "it is empty");
    if (!signatures.isEmpty()) {
      findings.virtualSize(size);
      detection.is(kind(), Optional.of(DiskFormat.RAW));
    } else if (detection.declared().equals(Optional.of(DiskFormat.RAW))) {
      findings.virtualSize(size);
      detection.is(Verdict.UNKNOWN, Optional.of(DiskFormat.RAW));
    } else {
      findings.refuse(
          detection
              .declared()
              .map("it is declared as %s and is none"::formatted)
              .orElse(
                  "it is not an image that is known; if its bytes are a disk's, declare it as raw"));
    }
  }
}
