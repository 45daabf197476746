package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.diskFrom;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.diskwright.core.event.PoolEvent.Kind;
import io.diskwright.core.event.PoolListener;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.it.support.Host;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Recovery;
import io.diskwright.spi.error.AlreadyExistsException;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The same request again gives the same disk; another one is told how it differs (P2). */
@ParameterizedClass
@ValueSource(strings = {"raw", "qcow2"})
class SameRequestTest extends FlowTestBase {
  @Test
  void theDiskIsReturnedWithoutAskingTheSource() throws IOException {
    Path image = image("a.raw");
    ProvisionResult first = host().create("disk", image, 20 * MIB);
    Files.delete(image);

    ProvisionResult again = host().create("disk", image, 20 * MIB);

    assertThat(first.created()).isTrue();
    assertThat(first.steps()).isNotEmpty();
    assertThat(again.created()).isFalse();
    assertThat(again.steps()).isEmpty();
    assertThat(again.disk().record().attributes()).isEqualTo(first.disk().record().attributes());
    assertThat(again.disk().path()).isEqualTo(first.disk().path());
    assertThat(host().pool().disks(call())).hasSize(1);
  }

  @Test
  void theNextProcessGetsItToo() throws IOException {
    Path image = image("a.raw");
    ProvisionResult first = host().create("disk", image);
    Files.delete(image);
    reopen();

    ProvisionResult again = host().create("disk", image);

    assertThat(again.created()).isFalse();
    assertThat(again.disk().record().attributes()).isEqualTo(first.disk().record().attributes());
  }

  @Test
  void anotherSpellingOfTheImageIsTheSameRequest() throws IOException {
    Path image = image("a.raw");
    host().create("disk", image);

    assertThat(host().create("disk", folder.resolve("./a.raw")).created()).isFalse();
  }

  @Test
  void whatTheGuestWroteStays() throws IOException {
    Path image = image("a.raw");
    Path file = host().create("disk", image).disk().path().orElseThrow();
    byte[] before = Files.readAllBytes(file);
    before[before.length - 1] = 42;
    Files.write(file, before);

    host().create("disk", image);

    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void everyDifferenceIsTold() throws IOException {
    Path image = image("a.raw");
    Path other = image("b.raw");
    host().create("disk", image, 20 * MIB);

    DiskException failure =
        failure(
            () ->
                host()
                    .provision(
                        diskFrom("disk", other)
                            .size(30 * MIB)
                            .format(DiskFormat.RAW)
                            .digest(Digest.parse("md5:" + "0".repeat(32)))));

    assertThat(failure).isInstanceOf(AlreadyExistsException.class);
    assertThat(failure)
        .hasMessageContaining("image: it was made with file:" + image)
        .hasMessageContaining(other.toString())
        .hasMessageContaining("size: it was made with 20971520, and 31457280")
        .hasMessageContaining("format: it was made with nothing, and raw")
        .hasMessageContaining("digest:");
    assertThat(failure.pool()).hasValue("pool");
    assertThat(failure.resource()).hasValue("disk");
    assertThat(failure.remedy()).isPresent();
  }

  @Test
  void anImageIsNotABlankDisk() throws IOException {
    Path image = image("a.raw");
    host().blank("blank", 8 * MIB);
    host().create("disk", image, 8 * MIB);

    assertThat(failure(() -> host().create("blank", image, 8 * MIB)).reason())
        .isEqualTo(Reason.ALREADY_EXISTS);
    assertThat(failure(() -> host().blank("disk", 8 * MIB)).reason())
        .isEqualTo(Reason.ALREADY_EXISTS);
    assertThat(host().blank("blank", 8 * MIB).created()).isFalse();
  }

  @Test
  void aBlankDiskOfAnotherSizeIsAnother() throws IOException {
    host().blank("blank", 8 * MIB);

    assertThat(failure(() -> host().blank("blank", 9 * MIB))).hasMessageContaining("size");
  }

  @Test
  void afterDeletingTheNameIsFree() throws IOException {
    host().blank("disk", 8 * MIB);

    assertThat(host().pool().delete(new DiskName("disk"), call())).isTrue();

    assertThat(host().create("disk", image("a.raw")).created()).isTrue();
  }

  /** Whose call was killed when it had put the record aside, and somebody else has swept since. */
  @Test
  void aDiskThatComesBackWhileItIsMadeAgainIsReturned() throws Exception {
    Path image = image("a.raw");
    host().create("disk", image);
    killDelete("disk");
    AtomicBoolean swept = new AtomicBoolean();
    PoolListener whenItHasTheBase =
        event -> {
          if (event.kind() == Kind.HIT && swept.compareAndSet(false, true)) {
            assertThatCode(() -> host().pool().recover(call())).doesNotThrowAnyException();
          }
        };
    ProvisionResult again;
    try (Host maker = Host.open(poolFolder(), backend, whenItHasTheBase)) {
      again = maker.create("disk", image);
    }

    assertThat(swept).isTrue();
    assertThat(again.created()).isFalse();
    assertReadsAs(again.disk(), image);
  }

  @Test
  void aDiskWhoseDeletionWasKilledDoesNotComeBackOnceItIsDeleted() throws IOException {
    host().create("disk", image("a.raw"));
    killDelete("disk");

    assertThat(host().pool().delete(new DiskName("disk"), call())).isTrue();
    Recovery recovery = host().pool().recover(call());

    assertThat(recovery.restored()).isEmpty();
    assertThat(host().pool().find(new DiskName("disk"), call())).isEmpty();
  }

  /** Leaves a disk as a call does that is killed when it has put the record aside. */
  private void killDelete(String disk) throws IOException {
    Path disks = poolFolder().resolve("disks");
    Files.move(
        disks.resolve(disk + ".disk"), disks.resolve(disk + "." + UUID.randomUUID() + ".gone"));
  }

  @Test
  void deletingWhatIsNotThereSucceeds() throws IOException {
    assertThat(host().pool().delete(new DiskName("disk"), call())).isFalse();
    host().blank("disk", MIB);
    assertThat(host().pool().delete(new DiskName("disk"), call())).isTrue();
    assertThat(host().pool().delete(new DiskName("disk"), call())).isFalse();
    assertThat(host().pool().find(new DiskName("disk"), call())).isEmpty();
  }
}
