package io.diskwright.it.lvm;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.diskFrom;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.Diskwright;
import io.diskwright.core.Pool;
import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.it.support.Images;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Finding;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A pool in a group without a thin pool, on whose extents somebody has left his data. */
class LinearInGuest {
  private static final int MIB = 1 << 20;
  private static final byte SECRET = 0x5e;
  private static final DiskName WEB = new DiskName("web_1");
  private static final String VOLUME = "dw.disk.web+1";

  @TempDir Path folder = Path.of("");
  private Lvm2 lvm;

  @BeforeEach
  void makeGroup() throws Exception {
    lvm = Lvm2.linear("linear");
  }

  @AfterEach
  void removeGroup() throws Exception {
    lvm.close();
  }

  private Diskwright open(String... keys) throws IOException {
    return Diskwright.open(lvm.pool(folder, keys));
  }

  private static Pool pool(Diskwright diskwright) throws DiskException {
    return diskwright.defaultPool();
  }

  private static byte[] device(ProvisionResult made) throws IOException {
    return Files.readAllBytes(made.disk().path().orElseThrow());
  }

  @Test
  void aDiskIsACopyAndShowsNothingOfWhatWasThere() throws Exception {
    Path image = Images.raw(folder.resolve("image.raw"), 6, 3 * MIB + 512);
    try (Diskwright diskwright = open()) {
      ProvisionResult first =
          diskwright.provision(diskFrom("first", image).size(9 * MIB + 512).build(), call());
      ProvisionResult second =
          diskwright.provision(diskFrom("second", image).size(9 * MIB + 512).build(), call());

      byte[] expected = Arrays.copyOf(Files.readAllBytes(image), 9 * MIB + MIB / 2);
      assertThat(first.disk().record().size()).isEqualTo(9 * MIB + 512);
      assertThat(second.bytesMoved()).isPositive();
      assertThat(device(first)).isEqualTo(expected);
      assertThat(device(second)).isEqualTo(expected);
      assertThat(lvm.field("segtype", "dw.disk.second")).isEqualTo("linear");
      assertThat(pool(diskwright).bases(call())).hasSize(1);
      assertThat(pool(diskwright).verify(pool(diskwright).bases(call()).get(0), call()).toString())
          .contains("SOUND");
      assertThat(pool(diskwright).check(call()))
          .allMatch(finding -> finding.answer().yes())
          .extracting(Finding::subject)
          .contains("free space", "free space of bases");
    }
  }

  @Test
  void aDiskThatGrowsKeepsItsBytesAndShowsNothingMore() throws Exception {
    try (Diskwright diskwright = open()) {
      ProvisionResult made =
          diskwright.provision(ProvisionRequest.blank(WEB, 2 * MIB).build(), call());
      // What keeps it from being contiguous.
      diskwright.provision(ProvisionRequest.blank(new DiskName("next"), MIB).build(), call());
      byte[] secret = new byte[2 * MIB];
      Arrays.fill(secret, SECRET);
      Files.write(made.disk().path().orElseThrow(), secret);

      pool(diskwright).resize(WEB, 7 * MIB + 512, call());

      assertThat(device(made)).isEqualTo(Arrays.copyOf(secret, 7 * MIB + MIB / 2));
      assertThat(pool(diskwright).find(WEB, call()).orElseThrow().record().size())
          .isEqualTo(7 * MIB + 512);
      assertThat(lvm.volumes()).containsExactlyInAnyOrder(VOLUME, "dw.disk.next");
    }
  }

  @ParameterizedTest
  @CsvSource({"zero, true", "discard, true", "none, false"})
  void whatADiskHeldIsGoneWithItUnlessThatIsNotWanted(String wipe, boolean gone) throws Exception {
    try (Diskwright diskwright = open("wipe: " + wipe)) {
      String extents = makeSecret(diskwright);

      assertThat(pool(diskwright).delete(WEB, call())).isTrue();

      assertThat(lvm.volumes()).isEmpty();
      assertThat(read(extents)).isEqualTo(gone ? new byte[2 * MIB] : secret());
    }
  }

  private static byte[] secret() {
    byte[] secret = new byte[2 * MIB];
    Arrays.fill(secret, SECRET);
    return secret;
  }

  /** Makes a disk with something on it; returns where that is. */
  private String makeSecret(Diskwright diskwright) throws Exception {
    ProvisionResult made =
        diskwright.provision(ProvisionRequest.blank(WEB, 2 * MIB).build(), call());
    Files.write(made.disk().path().orElseThrow(), secret());
    return lvm.field("seg_pe_ranges", VOLUME);
  }

  /** Reads extents as whoever gets them next. */
  private byte[] read(String extents) throws IOException {
    Lvm2.run("lvcreate", "-Zn", "-Wn", "-L", "2M", "-n", "next", lvm.name(), extents);
    return Files.readAllBytes(Path.of("/dev", lvm.name(), "next"));
  }

  @Test
  void aDiskWhoseWipingWasCutShortIsWipedByRecover() throws Exception {
    try (Diskwright diskwright = open()) {
      String extents = makeSecret(diskwright);
      String gone = "dw.gone.0123456789abcdef";
      Lvm2.run("lvchange", "-an", lvm.name() + '/' + VOLUME);
      Lvm2.run("lvrename", lvm.name(), VOLUME, gone);

      assertThat(pool(diskwright).find(WEB, call())).isEmpty();
      diskwright.provision(ProvisionRequest.blank(new DiskName("other"), MIB).build(), call());
      assertThat(lvm.volumes()).contains(gone);
      assertThat(pool(diskwright).recover(call()).swept()).containsExactly(gone);

      assertThat(lvm.volumes()).containsExactly("dw.disk.other");
      assertThat(read(extents)).isEqualTo(new byte[2 * MIB]);
    }
  }

  @Test
  void whatAMachineHasOpenIsNotWiped() throws Exception {
    try (Diskwright diskwright = open()) {
      String extents = makeSecret(diskwright);
      String gone = "dw.gone.0123456789abcdef";
      Lvm2.run("lvrename", lvm.name(), VOLUME, gone);
      try (var machine = Files.newByteChannel(Path.of("/dev", lvm.name(), gone))) {
        assertThat(machine.size()).isEqualTo(2 * MIB);
        assertThat(pool(diskwright).recover(call()).kept())
            .singleElement()
            .asString()
            .contains(gone, "in use");
        assertThat(Files.readAllBytes(Path.of("/dev", lvm.name(), gone))).isEqualTo(secret());
      }
      assertThat(pool(diskwright).recover(call()).swept()).containsExactly(gone);
      assertThat(read(extents)).isEqualTo(new byte[2 * MIB]);
    }
  }

  @Test
  void aDiskThatIsOpenIsNotDeleted() throws Exception {
    try (Diskwright diskwright = open()) {
      ProvisionResult made = diskwright.provision(ProvisionRequest.blank(WEB, MIB).build(), call());
      try (var machine = Files.newByteChannel(made.disk().path().orElseThrow())) {
        assertThat(failure(() -> pool(diskwright).delete(WEB, call())).reason())
            .isEqualTo(Reason.IN_USE);
        assertThat(machine.size()).isEqualTo(MIB);
      }
      assertThat(pool(diskwright).delete(WEB, call())).isTrue();
    }
  }

  @Test
  void whatTheGroupHasNoSpaceForIsRefused() throws Exception {
    try (Diskwright diskwright = open()) {
      long free = pool(diskwright).usage(call()).free();
      assertThat(
              failure(
                  () ->
                      diskwright.provision(
                          ProvisionRequest.blank(WEB, free + 512).build(), call())))
          .extracting(DiskException::reason)
          .isEqualTo(Reason.NO_SPACE);
      diskwright.provision(ProvisionRequest.blank(WEB, MIB).build(), call());
      assertThat(failure(() -> pool(diskwright).resize(WEB, free + 512, call())).reason())
          .isEqualTo(Reason.NO_SPACE);
      assertThat(pool(diskwright).find(WEB, call()).orElseThrow().record().size()).isEqualTo(MIB);
    }
    assertThat(lvm.volumes()).containsExactly(VOLUME);
  }

  @Test
  void aNameThatAVolumeOfOthersHasIsNotOurs() throws Exception {
    lvm.change("lvcreate", "-L", "4M", "-n", VOLUME);
    try (Diskwright diskwright = open()) {
      assertThat(pool(diskwright).find(WEB, call())).isEmpty();
      assertThat(pool(diskwright).delete(WEB, call())).isFalse();
      assertThat(
              failure(() -> diskwright.provision(ProvisionRequest.blank(WEB, MIB).build(), call())))
          .hasMessageContaining(VOLUME + " has its name")
          .extracting(DiskException::reason)
          .isEqualTo(Reason.ALREADY_EXISTS);
      assertThat(pool(diskwright).recover(call()).swept()).isEmpty();
    }
    assertThat(lvm.volumes()).containsExactly(VOLUME);
  }
}
