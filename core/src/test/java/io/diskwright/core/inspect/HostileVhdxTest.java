package io.diskwright.core.inspect;

import static io.diskwright.core.inspect.VhdxBytes.ITEMS;
import static io.diskwright.core.inspect.VhdxBytes.KIB;
import static io.diskwright.core.inspect.VhdxBytes.METADATA;
import static io.diskwright.core.inspect.VhdxBytes.MIB;
import static io.diskwright.core.inspect.VhdxBytes.REGIONS;
import static io.diskwright.core.inspect.VhdxBytes.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.DiskFormat;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A vhdx that was not closed, has a parent, or whose regions or tables are wrong, is refused. */
class HostileVhdxTest extends InspectorTestBase {
  private void assertRefused(VhdxBytes image, String reason) throws IOException {
    Verdict verdict = inspect(image.bytes());

    assertThat(verdict.safe()).isFalse();
    assertThat(verdict.format()).hasValue(DiskFormat.VHDX);
    assertThat(verdict.reasons()).anyMatch(said -> said.contains(reason));
  }

  private void assertAccepted(VhdxBytes image) throws IOException {
    assertThat(inspect(image.bytes()).reasons()).isEmpty();
  }

  @Test
  void whatIsNotSpoiledIsAccepted() throws IOException {
    Verdict verdict = inspect(VhdxBytes.valid().bytes());

    assertThat(verdict.reasons()).isEmpty();
    assertThat(verdict.virtualSize()).hasValue(4 * MIB);
    assertThat(verdict.allocatedBytes()).hasValue(2 * MIB);
  }

  @Test
  void whatNobodyMustKnowIsAccepted() throws IOException {
    assertAccepted(VhdxBytes.valid().region(2, UNKNOWN, 4 * MIB, MIB, false).sealed());
    assertAccepted(VhdxBytes.valid().item(5, UNKNOWN, 40, 8, 0));
  }

  @Test
  void aLogThatHasStillToBeReplayedIsRefused() throws IOException {
    assertRefused(
        VhdxBytes.valid().put(VhdxBytes.SECOND_HEADER + VhdxBytes.LOG_ID + 15, 1).sealed(),
        "its log");
    assertRefused(
        VhdxBytes.valid().put(VhdxBytes.SECOND_HEADER + VhdxBytes.LOG_ID, 1).sealed(), "its log");
  }

  @Test
  void theLogOfTheHeaderThatIsNotCurrentDoesNotMatter() throws IOException {
    assertAccepted(VhdxBytes.valid().put(VhdxBytes.HEADER + VhdxBytes.LOG_ID, 1).sealed());
  }

  @ParameterizedTest
  @CsvSource({"0, 1048576, 0", "5242881, 1048576, 0", "5242880, 1000, 0", "5242880, 1048576, 1"})
  void aLogInTheWrongPlaceOrOfAnotherVersionIsRefused(long offset, int length, int version)
      throws IOException {
    assertRefused(
        VhdxBytes.valid()
            .putLong(VhdxBytes.SECOND_HEADER + VhdxBytes.LOG_OFFSET, offset)
            .putInt(VhdxBytes.SECOND_HEADER + VhdxBytes.LOG_LENGTH, length)
            .putShort(VhdxBytes.SECOND_HEADER + VhdxBytes.LOG_VERSION, version)
            .sealed(),
        "its log, of version");
  }

  @Test
  void aLogOnARegionOrBeyondTheFileIsRefused() throws IOException {
    for (int mib = 1; mib < 3; mib++) {
      assertRefused(withLogAt((long) mib * MIB), "its regions overlap");
    }
    assertRefused(withLogAt(6L * MIB), "its log is not within the file");
  }

  private static VhdxBytes withLogAt(long offset) {
    return VhdxBytes.valid()
        .putLong(VhdxBytes.SECOND_HEADER + VhdxBytes.LOG_OFFSET, offset)
        .sealed();
  }

  @Test
  void sequenceNumbersHaveNoSign() throws IOException {
    assertRefused(
        VhdxBytes.valid()
            .putLong(VhdxBytes.HEADER + VhdxBytes.SEQUENCE, -1)
            .put(VhdxBytes.HEADER + VhdxBytes.LOG_ID, 1)
            .sealed(),
        "its log");
  }

  @Test
  void twoCurrentHeadersAreRefused() throws IOException {
    assertRefused(
        VhdxBytes.valid().putLong(VhdxBytes.HEADER + VhdxBytes.SEQUENCE, 8).sealed(),
        "two headers");
  }

  @Test
  void headersWithWrongChecksumsAreRefused() throws IOException {
    VhdxBytes image = VhdxBytes.valid().put(VhdxBytes.HEADER + 100, 1);
    assertAccepted(image);
    assertRefused(image.put(VhdxBytes.SECOND_HEADER + 100, 1), "no valid header");
  }

  @Test
  void anotherVersionIsRefused() throws IOException {
    assertRefused(
        VhdxBytes.valid().putShort(VhdxBytes.SECOND_HEADER + VhdxBytes.VERSION, 2).sealed(),
        "version");
  }

  @Test
  void regionTablesWithWrongChecksumsAreRefused() throws IOException {
    assertRefused(VhdxBytes.valid().put(REGIONS + 60_000, 1), "no region table");
  }

  @Test
  void regionTablesThatDifferAreRefused() throws IOException {
    assertRefused(
        VhdxBytes.valid().put(VhdxBytes.SECOND_REGIONS + 60_000, 1), "two region tables differ");
    VhdxBytes both = VhdxBytes.valid();
    byte[] first = both.bytes();
    both.region(0, VhdxBytes.BLOCK_TABLE_REGION, 4 * MIB, MIB, true).sealed();
    both.put(REGIONS, Arrays.copyOfRange(first, REGIONS, REGIONS + 64 * KIB));
    assertRefused(both, "two region tables differ");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2048, -1})
  void absurdCountsOfRegionsAreRefused(int count) throws IOException {
    assertRefused(VhdxBytes.valid().putInt(REGIONS + 8, count).sealed(), "region table has");
  }

  @Test
  void aRequiredRegionThatIsNotKnownIsRefused() throws IOException {
    assertRefused(
        VhdxBytes.valid().region(2, UNKNOWN, 4 * MIB, MIB, true).sealed(),
        "required region that is not known (" + UNKNOWN);
  }

  @Test
  void aMissingRegionIsRefused() throws IOException {
    assertRefused(
        VhdxBytes.valid().putInt(REGIONS + 8, 1).sealed(), "no block table, or no metadata");
    assertRefused(
        VhdxBytes.valid().region(0, UNKNOWN, 2 * MIB, MIB, false).sealed(), "no block table");
  }

  @Test
  void duplicatedRegionsAreRefused() throws IOException {
    assertRefused(
        VhdxBytes.valid().region(2, VhdxBytes.BLOCK_TABLE_REGION, 4 * MIB, MIB, true).sealed(),
        "two block tables");
    assertRefused(
        VhdxBytes.valid().region(2, VhdxBytes.METADATA_REGION, 4 * MIB, MIB, true).sealed(),
        "two parts of metadata");
  }

  @Test
  void overlappingRegionsAreRefused() throws IOException {
    assertRefused(
        VhdxBytes.valid().region(0, VhdxBytes.BLOCK_TABLE_REGION, MIB, MIB, true).sealed(),
        "overlap");
    assertRefused(
        VhdxBytes.valid().region(1, VhdxBytes.METADATA_REGION, MIB, 2 * MIB, true).sealed(),
        "overlap");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1048576",
    "65536, 1048576", // on the headers
    "2097153, 1048576",
    "2097152, 1000",
    "6291456, 1048576", // behind the end
    "-1048576, 1048576",
    "9223372036853727232, 1048576",
    "2097152, -1048576",
    "2097152, 0",
  })
  void aBlockTableInTheWrongPlaceIsRefused(long offset, int length) throws IOException {
    assertThat(
            inspect(
                    VhdxBytes.valid()
                        .region(0, VhdxBytes.BLOCK_TABLE_REGION, offset, length, true)
                        .sealed()
                        .bytes())
                .reasons())
        .anyMatch(
            said -> said.contains("a region") || said.contains("does not fit its virtual size"));
  }

  @Test
  void metadataInTheWrongPlaceIsRefused() throws IOException {
    assertRefused(
        VhdxBytes.valid().region(1, VhdxBytes.METADATA_REGION, 0, MIB, true).sealed(), "a region");
    assertRefused(
        VhdxBytes.valid().region(1, VhdxBytes.METADATA_REGION, 4 * MIB, MIB, true).sealed(),
        "metadata table is none");
    assertRefused(
        VhdxBytes.valid().region(1, VhdxBytes.METADATA_REGION, 6 * MIB, MIB, true).sealed(),
        "metadata");
  }

  @Test
  void aParentIsRefusedByItsBit() throws IOException {
    assertRefused(VhdxBytes.valid().putInt(ITEMS + 4, 2), "has a parent");
  }

  @Test
  void aParentIsRefusedByItsLocator() throws IOException {
    assertRefused(VhdxBytes.valid().item(5, VhdxBytes.PARENT_LOCATOR, 40, 64), "has a parent");
    assertRefused(VhdxBytes.valid().item(5, VhdxBytes.PARENT_LOCATOR, 40, 64, 0), "has a parent");
  }

  @Test
  void requiredMetadataThatIsNotKnownIsRefused() throws IOException {
    assertRefused(VhdxBytes.valid().item(5, UNKNOWN, 40, 8), "required metadata that is not known");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void missingMetadataIsRefused(int item) throws IOException {
    assertRefused(VhdxBytes.valid().item(item, UNKNOWN, 0, 8, 0), "its metadata lacks");
  }

  @Test
  void duplicatedMetadataIsRefused() throws IOException {
    assertRefused(VhdxBytes.valid().item(5, VhdxBytes.FILE_PARAMETERS, 0, 8), "twice");
  }

  @ParameterizedTest
  @CsvSource({"-65536, 8", "-1, 8", "0, 7", "0, 16", "0, -8", "1048576, 8", "2147418112, 8"})
  void metadataOutsideItsRegionIsRefused(int offset, int length) throws IOException {
    assertRefused(
        VhdxBytes.valid().item(0, VhdxBytes.FILE_PARAMETERS, offset, length), "its metadata ");
  }

  @Test
  void scatteredMetadataIsRefused() throws IOException {
    assertRefused(
        VhdxBytes.valid().item(0, VhdxBytes.FILE_PARAMETERS, 900 * KIB, 8), "spread too far");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2048, 65535})
  void absurdCountsOfMetadataAreRefused(int count) throws IOException {
    assertRefused(VhdxBytes.valid().putShort(METADATA + 10, count), "metadata table is none");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 4194304, 512",
    "512, 4194304, 512",
    "3145728, 4194304, 512",
    "536870912, 4194304, 512",
    "4294967295, 4194304, 512",
    "1048576, 0, 512",
    "1048576, -512, 512",
    "1048576, 4194305, 512",
    "1048576, 70368744178176, 512", // 64 TiB and a sector
    "1048576, 4194304, 0",
    "1048576, 4194304, 1024",
    "1048576, 4194816, 4096",
  })
  void absurdGeometryIsRefused(long blockSize, long size, int sector) throws IOException {
    long virtualSize = size == 64L << 40 ? size + 512 : size;
    assertRefused(
        VhdxBytes.valid().blockSize(blockSize).virtualSize(virtualSize).putInt(ITEMS + 16, sector),
        "geometry is absurd");
  }

  @Test
  void aBlockTableThatIsTooShortForTheSizeIsRefused() throws IOException {
    assertRefused(VhdxBytes.valid().virtualSize(1L << 40), "does not fit its virtual size");
  }

  @Test
  void aBlockTableThatIsFarTooLongForTheSizeIsRefused() throws IOException {
    VhdxBytes image = VhdxBytes.valid().resize(70 * MIB);
    image.region(0, VhdxBytes.BLOCK_TABLE_REGION, 6 * MIB, 64 * MIB, true).sealed();

    assertRefused(image, "does not fit its virtual size");
  }

  @ParameterizedTest
  @ValueSource(longs = {6, 100, 1 << 20, (1L << 43) - 1})
  void aBlockBeyondTheFileIsRefused(long mib) throws IOException {
    assertRefused(VhdxBytes.valid().block(3, mib << 20 | 6), "a block is not within the file");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 5})
  void aBlockOnTheHeadersAndTablesIsRefused(long mib) throws IOException {
    assertRefused(VhdxBytes.valid().block(3, mib << 20 | 6), "headers and tables");
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 7})
  void aBlockThatOnlyAChildHasIsRefused(int state) throws IOException {
    assertRefused(VhdxBytes.valid().block(1, 3L << 20 | state), "only a child disk has");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void aBlockThatIsNotThereNeedsNoPlace(int state) throws IOException {
    assertAccepted(VhdxBytes.valid().block(1, 1L << 50 | state));
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 64, 128, 200, 300, 1024, 1100, 2048, 4096, 6143})
  void whatWasCutOffIsRefused(int kib) throws IOException {
    Verdict verdict = inspect(VhdxBytes.valid().resize(kib * KIB).bytes());

    assertThat(verdict.safe()).isFalse();
    assertThat(verdict.format()).hasValue(DiskFormat.VHDX);
  }
}
