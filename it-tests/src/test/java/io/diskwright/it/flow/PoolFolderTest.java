package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.it.support.Host;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pool is a folder of its own, and nobody else's. */
@ParameterizedClass
@ValueSource(strings = {"raw", "qcow2"})
class PoolFolderTest {
  @Parameter String backend = "";
  @TempDir Path folder = Path.of("");

  private DiskException openingFails(Path pool) throws IOException {
    try (Host host = Host.open(pool, backend)) {
      DiskException failure = failure(() -> host.blank("disk", 512));
      assertThat(failure).isNotNull();
      assertThat(failure.pool()).hasValue("pool");
      assertThat(failure.remedy()).isPresent();
      return failure;
    }
  }

  private void make(Path pool) throws IOException {
    try (Host host = Host.open(pool, backend)) {
      host.blank("disk", 512);
    }
  }

  @Test
  void aMissingFolderIsMade() throws IOException {
    make(folder.resolve("new"));

    assertThat(folder.resolve("new/diskwright-pool")).isRegularFile();
  }

  @Test
  void anEmptyFolderIsTaken() throws IOException {
    make(Files.createDirectory(folder.resolve("empty")));
  }

  @Test
  void aNewFileSystemIsTaken() throws IOException {
    Files.createDirectory(folder.resolve("lost+found"));

    make(folder);
  }

  @Test
  void aLinkToAFolderIsTaken() throws IOException {
    Files.createDirectory(folder.resolve("real"));

    make(Files.createSymbolicLink(folder.resolve("link"), folder.resolve("real")));

    assertThat(folder.resolve("real/diskwright-pool")).exists();
  }

  @Test
  void aFolderWhoseFolderIsMissingIsNotFound() throws IOException {
    DiskException failure = openingFails(folder.resolve("not/mounted"));

    assertThat(failure.reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(folder.resolve("not")).doesNotExist();
  }

  @Test
  void aFolderWithSomethingElseIsRefused() throws IOException {
    Files.writeString(folder.resolve("letter.txt"), "dear");

    DiskException failure = openingFails(folder);

    assertThat(failure.reason()).isEqualTo(Reason.CONFIGURATION);
    assertThat(failure).hasMessageContaining("letter.txt");
    assertThat(folder).isDirectoryNotContaining("glob:**diskwright*");
  }

  @Test
  void aFileIsNoFolder() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");

    assertThat(openingFails(file)).hasMessageContaining(file.toString());
    assertThat(file).hasContent("x");
  }

  @Test
  void anotherBackendsPoolIsRefused() throws IOException {
    make(folder);
    String other = backend.equals("raw") ? "qcow2" : "raw";
    try (Host host = Host.open(folder, other)) {
      DiskException failure = failure(host::pool);

      assertThat(failure.reason()).isEqualTo(Reason.CONFIGURATION);
      assertThat(failure).hasMessageContaining("belongs to backend '" + backend + "'");
    }
  }

  @Test
  void aNewerLayoutIsRefused() throws IOException {
    make(folder);
    Path marker = folder.resolve("diskwright-pool");
    Files.writeString(marker, Files.readString(marker).replace("layout=1", "layout=2"));

    DiskException failure = openingFails(folder);

    assertThat(failure.reason()).isEqualTo(Reason.CONFIGURATION);
    assertThat(failure).hasMessageContaining("version 2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "nonsense", "diskwright-record 1\nend\n", "diskwright-record 1\nuuid="})
  void aMarkerThatIsNoneIsNotReplaced(String text) throws IOException {
    Path marker = Files.writeString(folder.resolve("diskwright-pool"), text);

    DiskException failure = openingFails(folder);

    assertThat(failure.reason()).isIn(Reason.CORRUPT, Reason.CONFIGURATION, Reason.IO_ERROR);
    assertThat(marker).hasContent(text);
  }

  @Test
  void aTornRecordIsToldAndHidesNoOtherDisk() throws IOException {
    try (Host host = Host.open(folder, backend)) {
      host.blank("good", 512);
      host.blank("torn", 512);
      Path record = folder.resolve("disks/torn.disk");
      Files.writeString(record, "diskwright", StandardOpenOption.TRUNCATE_EXISTING);

      DiskException failure = failure(() -> host.pool().find(new DiskName("torn"), Host.call()));

      assertThat(failure.reason()).isEqualTo(Reason.CORRUPT);
      assertThat(failure).hasMessageContaining(record.toString());
      assertThat(failure.remedy()).isPresent();
      assertThat(host.pool().find(new DiskName("good"), Host.call())).isPresent();
      assertThat(failure(() -> host.blank("torn", 512)).reason()).isEqualTo(Reason.CORRUPT);
    }
  }

  @Test
  void aDiskWhoseFileIsGoneIsCorrupt() throws IOException {
    try (Host host = Host.open(folder, backend)) {
      Path file = host.blank("disk", 512).disk().path().orElseThrow();
      Files.delete(file);

      assertThat(failure(() -> host.pool().find(new DiskName("disk"), Host.call())).reason())
          .isEqualTo(Reason.CORRUPT);
    }
  }

  @Test
  void aPoolThatIsNotConfiguredIsNotFound() throws IOException {
    try (Host host = Host.open(folder.resolve("pool"), backend)) {
      ProvisionRequest request =
          ProvisionRequest.blank(new DiskName("disk"), 512).pool(new PoolName("other")).build();

      DiskException failure = failure(() -> host.diskwright().provision(request, Host.call()));

      assertThat(failure.reason()).isEqualTo(Reason.NOT_FOUND);
      assertThat(failure).hasMessageContaining("other").hasMessageContaining("there are pool");
      assertThat(failure.remedy()).isPresent();
    }
  }

  @Test
  void whatAnotherProcessMadeIsSeenAtOnce() throws IOException {
    try (Host one = Host.open(folder, backend);
        Host two = Host.open(folder, backend)) {
      one.blank("disk", 512);

      assertThat(two.pool().find(new DiskName("disk"), Host.call())).isPresent();
      assertThat(two.pool().identity()).isEqualTo(one.pool().identity());
    }
  }
}
