package io.diskwright.it.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.SharedCeph;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A client that others have shut out, because it seemed dead, is of use again. */
@ExtendWith(SharedCeph.class)
class RbdShutOutIT {
  private static final long SIZE = 1 << 20;
  private static final Pattern ADDRESS = Pattern.compile("\naddress=(\\S+)\n");

  private static void makeBlank(ImageBackend pool, String name) throws DiskException {
    DiskRequest request = DiskRequest.builder(new DiskName(name), SIZE).build();
    DiskRecord made = pool.createBlank(request, Call.within(Duration.ofMinutes(1))).disk();
    assertThat(made.name().value()).isEqualTo(name);
  }

  @Test
  void whoWasShutOutConnectsAnew(Ceph ceph) throws Exception {
    RbdStorage storage = RbdStorage.in(ceph);
    try (ImageBackend pool = storage.open()) {
      makeBlank(pool, "before");
      Matcher address = ADDRESS.matcher(storage.indexText());
      assertThat(address.find()).isTrue();
      ceph.ceph("osd", "blocklist", "add", address.group(1), "60");

      DiskException refusal =
          catchThrowableOfType(DiskException.class, () -> makeBlank(pool, "after"));

      assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
      assertThat(refusal).hasMessageContaining("blocklisted").hasMessageContaining("try again");
      makeBlank(pool, "after");
      assertThat(pool.list(Call.within(Duration.ofMinutes(1))))
          .extracting(disk -> disk.name().value())
          .contains("before", "after");
      pool.recover(Call.within(Duration.ofMinutes(1)));
    }
    assertThat(storage.strays()).isEmpty();
  }
}
