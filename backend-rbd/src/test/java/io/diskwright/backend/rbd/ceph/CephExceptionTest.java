package io.diskwright.backend.rbd.ceph;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.toolkit.os.Errno;
import org.junit.jupiter.api.Test;

class CephExceptionTest {
  @Test
  void saysWhatWasTriedOnWhatAndTheTextOfTheErrorNumber() {
    CephException failure = new CephException("open image", "vms/disk", Errno.ENOENT);

    assertThat(failure).hasMessage("open image vms/disk: No such file or directory");
    assertThat(failure.operation()).isEqualTo("open image");
    assertThat(failure.resource()).isEqualTo("vms/disk");
    assertThat(failure.errno()).isEqualTo(2);
  }

  @Test
  void explainsWhatTheTextOfTheErrorNumberHides() {
    assertThat(new CephException("write image", "vms/disk", Errno.ESHUTDOWN))
        .hasMessageEndingWith("shutdown, because this client is blocklisted");
    assertThat(new CephException("write image", "vms/disk", Errno.ETIMEDOUT))
        .hasMessageEndingWith("because the cluster did not answer in time");
  }

  @Test
  void isAnyOfTheErrorNumbersThatAreGiven() {
    CephException failure = new CephException("remove image", "vms/disk", Errno.EBUSY);

    assertThat(failure.is(Errno.ENOTEMPTY, Errno.EBUSY)).isTrue();
    assertThat(failure.is(Errno.ENOENT)).isFalse();
    assertThat(failure.is()).isFalse();
  }
}
