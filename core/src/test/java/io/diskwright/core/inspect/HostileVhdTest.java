package io.diskwright.core.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.DiskFormat;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A vhd that has a parent, or whose headers and table are not what they should be, is refused. */
class HostileVhdTest extends InspectorTestBase {
  private static final int MIB = 1 << 20;

  private void assertRefused(VhdBytes image, String reason) throws IOException {
    Verdict verdict = inspect(image.bytes());

    assertThat(verdict.safe()).isFalse();
    assertThat(verdict.format()).hasValue(DiskFormat.VHD);
    assertThat(verdict.reasons()).anyMatch(said -> said.contains(reason));
  }

  @Test
  void whatIsNotSpoiledIsAccepted() throws IOException {
    Verdict dynamic = inspect(VhdBytes.dynamic().bytes());
    assertThat(dynamic.reasons()).isEmpty();
    assertThat(dynamic.virtualSize()).hasValue(8 * MIB);
    assertThat(dynamic.allocatedBytes()).hasValue(4 * MIB);

    Verdict fixed = inspect(VhdBytes.fixed().bytes());
    assertThat(fixed.reasons()).isEmpty();
    assertThat(fixed.format()).hasValue(DiskFormat.VHD);
    assertThat(fixed.virtualSize()).hasValue(MIB);
  }

  @Test
  void bothOfItsNamesAreOne() throws IOException {
    assertThat(inspect(VhdBytes.dynamic().bytes(), DiskFormat.of("vpc")).safe()).isTrue();
    assertThat(inspect(VhdBytes.dynamic().bytes(), DiskFormat.of("vhd")).safe()).isTrue();
    assertThat(inspect(VhdBytes.fixed().bytes(), DiskFormat.of("vpc")).safe()).isTrue();
  }

  @Test
  void aDifferencingDiskIsRefused() throws IOException {
    assertRefused(VhdBytes.dynamic().putInt(VhdBytes.TYPE, 4).sealed(), "has a parent");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 6, -1})
  void anotherDiskTypeIsRefused(int type) throws IOException {
    assertRefused(VhdBytes.dynamic().putInt(VhdBytes.TYPE, type).sealed(), "disk type");
  }

  @Test
  void aFixedDiskWithAFooterAtItsStartIsRefused() throws IOException {
    assertRefused(VhdBytes.dynamic().putInt(VhdBytes.TYPE, 2).sealed(), "footer at its start");
  }

  @ParameterizedTest
  @ValueSource(ints = {VhdBytes.CHECKSUM, VhdBytes.CURRENT_SIZE, 500, 30})
  void aFooterWithAWrongChecksumIsRefused(int offset) throws IOException {
    assertRefused(VhdBytes.dynamic().put(offset, 0x7f), "checksum of its footer");
  }

  @ParameterizedTest
  @ValueSource(ints = {VhdBytes.HEADER_CHECKSUM, VhdBytes.HEADER, VhdBytes.HEADER + 1000})
  void aHeaderWithAWrongChecksumIsRefused(int offset) throws IOException {
    assertRefused(VhdBytes.dynamic().put(offset, 0x7f), "its header is none");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 511, 64 * 1024 - 1023, 1L << 40, -1})
  void aHeaderInAnotherPlaceIsRefused(long offset) throws IOException {
    assertRefused(
        VhdBytes.dynamic().putLong(VhdBytes.DATA_OFFSET, offset).sealed(),
        "its header is not where");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 0x20000, -1})
  void anotherVersionIsRefused(int version) throws IOException {
    assertRefused(VhdBytes.dynamic().putInt(VhdBytes.VERSION, version).sealed(), "version");
  }

  @ParameterizedTest
  @CsvSource({
    "4, 0",
    "4, 511",
    "4, 3145728",
    "4, -2147483648",
    "0, 2097152",
    "3, 2097152",
    "-1, 2097152",
    "-2147483648, 512",
    "8388609, 512",
  })
  void aTableThatDoesNotFitIsRefused(int entries, int blockSize) throws IOException {
    assertRefused(
        VhdBytes.dynamic()
            .putInt(VhdBytes.ENTRIES, entries)
            .putInt(VhdBytes.BLOCK_SIZE, blockSize)
            .sealed(),
        "does not fit its virtual size");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 511, 1537, -512, Long.MAX_VALUE, 1L << 40})
  void aTableInTheWrongPlaceIsRefused(long offset) throws IOException {
    assertRefused(
        VhdBytes.dynamic().putLong(VhdBytes.TABLE_OFFSET, offset).sealed(), "block table");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, (2040L << 30) + 512, Long.MIN_VALUE})
  void absurdSizesAreRefused(long size) throws IOException {
    assertRefused(
        VhdBytes.dynamic().putLong(VhdBytes.CURRENT_SIZE, size).sealed(), "its virtual size is");
  }

  @Test
  void anAbsurdGeometryIsRefused() throws IOException {
    VhdBytes image = VhdBytes.dynamic().put(VhdBytes.CREATOR, "vpc ").put(VhdBytes.HEADS, 0);

    assertRefused(image.sealed(), "its geometry 65535/0/255");
  }

  @ParameterizedTest
  @ValueSource(ints = {VhdBytes.CURRENT_SIZE + 7, VhdBytes.CREATOR, VhdBytes.DATA_OFFSET + 6, 11})
  void aFooterThatDiffersFromItsCopyIsRefused(int offset) throws IOException {
    VhdBytes image = VhdBytes.dynamic();
    image.put(image.footerAt() + offset, 0x11).sealedFooter();

    assertRefused(image, "its footer is not the copy");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 512, 1024, 2 * MIB})
  void whatWasCutOffIsRefused(int missing) throws IOException {
    VhdBytes image = VhdBytes.dynamic();

    assertRefused(image.resize(image.length() - missing), "truncated");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 0x7fffffff, -2})
  void aBlockOutsideTheFileIsRefused(int sector) throws IOException {
    VhdBytes image = VhdBytes.dynamic();
    int outside = sector < 2 ? image.length() / 512 - sector : sector;

    assertRefused(image.putInt(VhdBytes.TABLE + 4, outside), "a block is not within the file");
  }

  @Test
  void aFixedDiskThatIsShorterThanItSaysIsRefused() throws IOException {
    VhdBytes image = VhdBytes.fixed();
    int footer = image.footerAt();

    assertRefused(
        image.putLong(footer + VhdBytes.CURRENT_SIZE, MIB + 512).sealedFooter(), "larger");
    assertRefused(image.putInt(footer + VhdBytes.CURRENT_SIZE, 1 << 20).sealedFooter(), "virtual");
  }

  @Test
  void aFixedDiskThatReadersWhoRoundFindElsewhereIsRefused() throws IOException {
    VhdBytes image = VhdBytes.fixed();
    int footer = image.footerAt();
    image.resize(image.length() + 8).copy(footer, footer + 8, 512);

    assertRefused(image, "not in whole sectors");
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 7})
  void aRawImageThatEndsAsAnotherVhdIsRefused(int type) throws IOException {
    VhdBytes image = VhdBytes.fixed();
    image.putInt(image.footerAt() + VhdBytes.TYPE, type).sealedFooter();

    for (DiskFormat[] declared : new DiskFormat[][] {{}, {DiskFormat.RAW}}) {
      assertThat(inspect(image.bytes(), declared).reasons())
          .singleElement()
          .asString()
          .contains("ends as a fixed vhd");
    }
  }

  @Test
  void aFixedDiskWithAWrongChecksumIsRefused() throws IOException {
    VhdBytes image = VhdBytes.fixed();
    image.put(image.footerAt() + VhdBytes.CHECKSUM, 1, 2, 3, 4);

    assertThat(inspect(image.bytes()).reasons()).singleElement().asString().contains("as a fixed");
    assertThat(inspect(image.bytes(), DiskFormat.VHD).safe()).isFalse();
  }

  @Test
  void aFixedDiskIsNotRaw() throws IOException {
    assertThat(inspect(VhdBytes.fixed().bytes(), DiskFormat.RAW).reasons())
        .containsExactly("it is declared as raw and is vhd");
  }
}
