package io.diskwright.core.inspect;

import java.nio.ByteBuffer;

/** A VMDK that is only a descriptor: the guest's bytes are in other files, so it is refused. */
final class VmdkDescriptorRules extends FormatRules {
  private final Findings findings;

  VmdkDescriptorRules(Findings findings) {
    this.findings = findings;
  }

  @Override
  void head(ByteBuffer head) {
    byte[] text = new byte[head.limit()];
    head.get(0, text);
    findings.feature("subformat " + Shown.of(VmdkDescriptor.read(text).createType()));
    findings.refuse("it is only a descriptor, which names other files of this host");
  }
}
