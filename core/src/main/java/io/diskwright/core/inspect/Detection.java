package io.diskwright.core.inspect;

import io.diskwright.spi.DiskFormat;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Tells from an image's first bytes what it is, and which rules it is to be looked at with. */
final class Detection {
  private final Optional<DiskFormat> declared;
  private final InspectionRules rules;
  private final Findings findings;

  Detection(Optional<DiskFormat> declared, InspectionRules rules, Findings findings) {
    this.declared = declared;
    this.rules = rules;
    this.findings = findings;
  }

  FormatRules rules(ByteBuffer head) {
    Set<Signature> found = Signature.find(head);
    Optional<Signature> packed = found.stream().filter(Signature::packed).findFirst();
    List<Signature> files =
        packed.isPresent()
            ? List.of(packed.get())
            : found.stream().filter(signature -> !signature.raw()).toList();
    if (files.isEmpty()) {
      return new RawRules(found, this, findings);
    }
    if (packed.isEmpty() && found.size() > 1) {
      findings.refuse("it is several formats at once: " + kinds(found));
    }
    Signature file = files.get(0);
    is(file.kind(), file.format());
    return switch (file) {
      case QCOW2 -> new Qcow2Rules(findings);
      case VMDK -> new VmdkRules(findings);
      case VMDK_COWD, VMDK_SE_SPARSE -> new Refusing(findings, "it is one file of several");
      case VMDK_DESCRIPTOR -> new VmdkDescriptorRules(findings);
      case VHD -> new VhdRules(findings);
      case VHDX -> new VhdxRules(findings);
      case VDI -> new VdiRules(findings);
      case QED -> new Refusing(findings, "qed is never accepted");
      case LUKS -> new LuksRules(findings);
      default -> new Refusing(findings, "it is a file of %s, no image".formatted(file.kind()));
    };
  }

  private static String kinds(Set<Signature> found) {
    return found.stream().map(Signature::kind).distinct().collect(Collectors.joining(", "));
  }

  /** Says what the image is, and refuses it when it must not be that. */
  void is(String kind, Optional<DiskFormat> format) {
    findings.detected(kind, format);
    if (format.isEmpty()) {
      return;
    }
    if (declared.isPresent() && !declared.equals(format)) {
      findings.refuse("it is declared as %s and is %s".formatted(declared.get(), format.get()));
    }
    if (!rules.formats().contains(format.get()) && format.get() != DiskFormat.QED) {
      findings.refuse("its format is %s, which the pool does not accept".formatted(format.get()));
    }
  }

  Optional<DiskFormat> declared() {
    return declared;
  }

  /** Refuses what is no use looking at any further. */
  private static final class Refusing extends FormatRules {
    private final Findings findings;
    private final String reason;

    Refusing(Findings findings, String reason) {
      this.findings = findings;
      this.reason = reason;
    }

    @Override
    void head(ByteBuffer head) {
      findings.refuse(reason);
    }
  }
}
