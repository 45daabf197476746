package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.spi.Answer;
import io.diskwright.spi.error.DiskException;

/**
 * Something that a pool needs and has not.
 *
 * @param what what is wrong
 * @param remedy what to do
 */
record Lack(String what, String remedy) {
  static Lack ofDataPool(String name) {
    return new Lack(
        "there is no Ceph pool '%s', which the setting data-pool names".formatted(name),
        "mend the setting, or run: ceph osd pool create %s; rbd pool init %s"
            .formatted(name, name));
  }

  Answer answer() {
    return Answer.no(what + "; " + remedy);
  }

  /** Returns it as why something failed. */
  DiskException toFailure(CephException cause, String tried) {
    return CephErrors.toFailure(cause, tried)
        .said("%s: %s".formatted(cause.getMessage(), what))
        .remedy(remedy)
        .build();
  }
}
