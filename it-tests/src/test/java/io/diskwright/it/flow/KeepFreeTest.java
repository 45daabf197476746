package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.diskFrom;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.it.support.Host;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Finding;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What would take of the space that is kept free is refused before it starts; the rest goes on. */
@ParameterizedClass
@ValueSource(strings = {"raw", "qcow2"})
class KeepFreeTest extends FlowTestBase {
  private Host careful() throws IOException {
    return Host.open(poolFolder(), backend, "keep-free: 4E");
  }

  /** An image with a digest is copied, even where the file system could share its blocks. */
  private static ProvisionRequest.Builder copied(String name, Path image) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(image));
    return diskFrom(name, image).digest(new Digest("sha256", HexFormat.of().formatHex(digest)));
  }

  private static void assertRefused(DiskException failure) {
    assertThat(failure.reason()).isEqualTo(Reason.NO_SPACE);
    assertThat(failure.pool()).hasValue("pool");
    assertThat(failure.resource()).isPresent();
    assertThat(failure).hasMessageContaining("%d are kept free", 4L << 60);
    assertThat(failure.remedy()).hasValueSatisfying(text -> assertThat(text).contains("keep-free"));
  }

  @Test
  void aBaseIsNotFilled() throws Exception {
    Path image = image("a.raw");
    try (Host careful = careful()) {
      assertRefused(failure(() -> careful.provision(copied("disk", image))));

      assertThat(careful.pool().bases(call())).isEmpty();
      assertThat(careful.pool().disks(call())).isEmpty();
      assertThat(careful.leftOvers()).isEmpty();
    }
    assertThat(host().provision(copied("disk", image)).created()).isTrue();
  }

  @Test
  void aDiskOfABaseIsMadeWhereItTakesNoSpace() throws Exception {
    Path image = image("a.raw");
    boolean copies = host().create("one", image).steps().get(1).name().equals("copy");
    try (Host careful = careful()) {
      if (copies) {
        assertRefused(failure(() -> careful.create("two", image)));
      } else {
        assertReadsAs(careful.create("two", image).disk(), image);
      }
      assertThat(careful.blank("blank", MIB).created()).isTrue();
      assertThat(careful.pool().resize(new DiskName("blank"), 2 * MIB, call()).disk().size())
          .isEqualTo(2 * MIB);
    }
  }

  @Test
  void storageIsNotSetAside() throws Exception {
    ProvisionRequest.Builder request =
        ProvisionRequest.blank(new DiskName("disk"), MIB).preallocate(true);
    try (Host careful = careful()) {
      if (backend.equals("raw")) {
        assertRefused(failure(() -> careful.provision(request)));
      } else {
        assertThat(failure(() -> careful.provision(request)).reason())
            .isEqualTo(Reason.UNSUPPORTED);
      }
      assertThat(careful.pool().disks(call())).isEmpty();
    }
  }

  @Test
  void aCheckSaysThatNothingMoreFits() throws Exception {
    assertThat(freeSpace(host().pool().check(call())).answer().yes()).isTrue();
    try (Host careful = careful()) {
      Finding finding = freeSpace(careful.pool().check(call()));

      assertThat(finding.answer().yes()).isFalse();
      assertThat(finding.answer().reason()).contains("keep-free");
      assertThat(finding.note()).contains("%d kept free, 0 reserved".formatted(4L << 60));
    }
  }

  private static Finding freeSpace(List<Finding> findings) {
    return findings.stream()
        .filter(finding -> finding.subject().equals("free space"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatAKilledCallHadReservedIsSwept() throws Exception {
    Path image = image("a.raw");
    assertThat(host().pool().disks(call())).isEmpty();
    Path dead = poolFolder().resolve("space/reserved.0123456789abcdef.space");
    Files.writeString(dead, (4L << 60) + " bases/gone.raw");

    host().provision(copied("disk", image));

    assertThat(dead).doesNotExist();
    Files.writeString(dead, "1 bases/gone.raw");
    assertThat(host().pool().recover(call()).swept()).containsExactly(dead.toString());
  }
}
