package io.diskwright.core.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.DiskFormat;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A vdi that depends on another file, or whose map leads out of it, is refused. */
class HostileVdiTest extends InspectorTestBase {
  private void assertRefused(VdiBytes image, String reason) throws IOException {
    Verdict verdict = inspect(image.bytes());

    assertThat(verdict.safe()).isFalse();
    assertThat(verdict.format()).hasValue(DiskFormat.VDI);
    assertThat(verdict.reasons()).singleElement().asString().contains(reason);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void whatIsNotSpoiledIsAccepted(int type) throws IOException {
    Verdict verdict = inspect(VdiBytes.valid().putInt(VdiBytes.TYPE, type).bytes());

    assertThat(verdict.reasons()).isEmpty();
    assertThat(verdict.virtualSize()).hasValue(4 << 20);
    assertThat(verdict.allocatedBytes()).hasValue(2 << 20);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 4, 5, -1})
  void snapshotsAndDifferencesAreRefused(int type) throws IOException {
    assertRefused(VdiBytes.valid().putInt(VdiBytes.TYPE, type), "depends on another file");
  }

  @ParameterizedTest
  @ValueSource(ints = {VdiBytes.UUID_LINK, VdiBytes.UUID_LINK + 15, VdiBytes.UUID_PARENT + 8})
  void aParentIsRefused(int offset) throws IOException {
    assertRefused(VdiBytes.valid().put(offset, 1), "has a parent");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 0x00010000, 0x00020001})
  void anotherVersionIsRefused(int version) throws IOException {
    assertRefused(VdiBytes.valid().putInt(VdiBytes.VERSION, version), "version");
  }

  @ParameterizedTest
  @CsvSource({
    "0x178, 0",
    "0x178, 512",
    "0x178, 2097152",
    "0x178, -1048576",
    "0x17c, 512", // before each block
    "0x168, 4096", // sector
    "0x180, 0",
    "0x180, 3", // fewer blocks than the size needs
    "0x180, 12", // far more
    "0x180, -1",
    "0x180, 0x20000000",
    "0x184, 5", // more allocated than there are
    "0x184, -1",
    "0x170, 0",
    "0x174, -1", // negative size
    "0x174, 1", // 4 GiB more
  })
  void absurdGeometryIsRefused(String offset, String value) throws IOException {
    assertRefused(
        VdiBytes.valid().putInt(Integer.decode(offset), Integer.decode(value)),
        "geometry is absurd");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1024", // within the header
    "511, 1024",
    "513, 1536",
    "1024, 1024", // on the data
    "512, 513",
    "512, 512",
  })
  void aMapInTheWrongPlaceIsRefused(int map, int data) throws IOException {
    assertRefused(
        VdiBytes.valid().putInt(VdiBytes.MAP_OFFSET, map).putInt(VdiBytes.DATA_OFFSET, data),
        "block map");
  }

  @Test
  void aMapBeyondTheFileIsRefused() throws IOException {
    VdiBytes image = VdiBytes.valid();
    image.putInt(VdiBytes.MAP_OFFSET, image.length()).putInt(VdiBytes.DATA_OFFSET, -512);

    assertRefused(image, "its block map is not within the file");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 0x7fffffff, 0xfffffffd})
  void aBlockBeyondTheFileIsRefused(int place) throws IOException {
    assertRefused(VdiBytes.valid().map(3, place), "a block is not within the file");
  }

  @Test
  void aDiscardedBlockNeedsNoPlace() throws IOException {
    assertThat(inspect(VdiBytes.valid().map(3, -2).bytes()).reasons()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 511, 512, 1 << 20})
  void whatWasCutOffIsRefused(int missing) throws IOException {
    VdiBytes image = VdiBytes.valid();

    assertRefused(image.resize(image.length() - missing), "a block is not within the file");
  }

  @ParameterizedTest
  @ValueSource(ints = {68, 200, 511})
  void anEndWithinTheHeaderIsRefused(int length) throws IOException {
    assertRefused(VdiBytes.valid().resize(length), "within its header");
  }
}
