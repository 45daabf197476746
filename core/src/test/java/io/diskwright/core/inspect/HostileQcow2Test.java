package io.diskwright.core.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.DiskFormat;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A qcow2 that reaches outside its own bytes, or cannot be understood, is refused. */
class HostileQcow2Test extends InspectorTestBase {
  private static final long COPIED = 1L << 63;
  private static final long COMPRESSED = 1L << 62;
  private static final int DATA_FILE = 0x44415441;

  private void assertRefused(Qcow2Bytes image, String reason) throws IOException {
    Verdict verdict = inspect(image.bytes());

    assertThat(verdict.safe()).isFalse();
    assertThat(verdict.format()).hasValue(DiskFormat.QCOW2);
    assertThat(verdict.reasons()).singleElement().asString().contains(reason);
  }

  private void assertAccepted(Qcow2Bytes image) throws IOException {
    assertThat(inspect(image.bytes()).reasons()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 12, 16, 21})
  void whatIsNotSpoiledIsAccepted(int clusterBits) throws IOException {
    assertAccepted(Qcow2Bytes.valid(clusterBits, 10_240));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "x", "json:{}", "nbd://host/"})
  void aBackingFileIsRefused(String name) throws IOException {
    assertRefused(Qcow2Bytes.valid().backing(name), "backing file");
  }

  @ParameterizedTest
  @CsvSource({"65530, 100", "65536, 5", "-1, 5", "512, 0", "512, 1024", "9223372036854775807, 9"})
  void aBackingNameThatIsNoneIsRefused(long offset, int length) throws IOException {
    assertRefused(
        Qcow2Bytes.valid()
            .putLong(Qcow2Bytes.BACKING_OFFSET, offset)
            .putInt(Qcow2Bytes.BACKING_LENGTH, length),
        "backing file");
  }

  @Test
  void anExternalDataFileIsRefusedByItsBit() throws IOException {
    assertRefused(Qcow2Bytes.valid().putLong(Qcow2Bytes.INCOMPATIBLE_FEATURES, 4), "data file");
  }

  @Test
  void anExternalDataFileIsRefusedByItsName() throws IOException {
    assertRefused(Qcow2Bytes.valid().extension(DATA_FILE, 11, "/etc/passwd"), "data file");
  }

  @Test
  void anExternalDataFileIsRefusedBehindOtherExtensions() throws IOException {
    Qcow2Bytes image = Qcow2Bytes.valid().extension(0x12345678, 3, "abc");
    image.putInt(Qcow2Bytes.EXTENSIONS + 16, DATA_FILE).putInt(Qcow2Bytes.EXTENSIONS + 20, 0);

    assertRefused(image, "data file");
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 6, 31, 32, 62, 63})
  void anUnknownIncompatibleFeatureIsRefused(int bit) throws IOException {
    assertRefused(
        Qcow2Bytes.valid().putLong(Qcow2Bytes.INCOMPATIBLE_FEATURES, 1L << bit), "unknown");
  }

  @Test
  void compatibleFeaturesAreNobodysBusiness() throws IOException {
    assertAccepted(Qcow2Bytes.valid().putLong(80, -1).putLong(88, -1));
  }

  @Test
  void anImageThatWasNotClosedIsAccepted() throws IOException {
    assertAccepted(Qcow2Bytes.valid().putLong(Qcow2Bytes.INCOMPATIBLE_FEATURES, 1));
  }

  @Test
  void anImageThatIsMarkedAsCorruptIsRefused() throws IOException {
    assertRefused(Qcow2Bytes.valid().putLong(Qcow2Bytes.INCOMPATIBLE_FEATURES, 2), "corrupt");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, -1})
  void anEncryptedImageIsRefused(int method) throws IOException {
    assertRefused(Qcow2Bytes.valid().putInt(Qcow2Bytes.CRYPT_METHOD, method), "encrypted");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, -1})
  void anotherVersionIsRefused(int version) throws IOException {
    assertRefused(Qcow2Bytes.valid().putInt(Qcow2Bytes.VERSION, version), "version");
  }

  @Test
  void version2IsAccepted() throws IOException {
    assertAccepted(Qcow2Bytes.valid().putInt(Qcow2Bytes.VERSION, 2));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8, 22, 31, 63, -1})
  void anotherClusterSizeIsRefused(int bits) throws IOException {
    assertRefused(Qcow2Bytes.valid().putInt(Qcow2Bytes.CLUSTER_BITS, bits), "cluster size");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 72, 103, 105, 109, 65_544, Integer.MAX_VALUE, -8})
  void anotherHeaderLengthIsRefused(int length) throws IOException {
    assertRefused(Qcow2Bytes.valid().putInt(Qcow2Bytes.HEADER_LENGTH, length), "header length");
  }

  @ParameterizedTest
  @ValueSource(ints = {65_536, Integer.MAX_VALUE, -1})
  void anExtensionLongerThanTheHeaderIsRefused(int length) throws IOException {
    assertRefused(Qcow2Bytes.valid().extension(0x12345678, length, "abc"), "extension");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 50, 71, 103})
  void anEndWithinTheHeaderIsRefused(int length) throws IOException {
    assertThat(inspect(Qcow2Bytes.valid().truncate(length).bytes()).safe()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {71, 72, 74, 99, 100, 103, 104})
  void anEndBehindTheHeaderOfVersion2IsRefused(int length) throws IOException {
    Qcow2Bytes image = Qcow2Bytes.valid().putInt(Qcow2Bytes.VERSION, 2).truncate(length);

    assertThat(inspect(image.bytes()).reasons()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, -512, Long.MIN_VALUE, Long.MAX_VALUE})
  void aSenselessVirtualSizeIsRefused(long size) throws IOException {
    assertRefused(Qcow2Bytes.valid().putLong(Qcow2Bytes.VIRTUAL_SIZE, size), "virtual size");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 511, (1 << 20) - 1, (1 << 20) + 1})
  void aVirtualSizeThatReadersRoundDifferentlyIsRefused(long size) throws IOException {
    assertRefused(Qcow2Bytes.valid().putLong(Qcow2Bytes.VIRTUAL_SIZE, size), "part of a sector");
  }

  @Test
  void extensionsThatGoOnForMoreThanIsLookedAtAreRefused() throws IOException {
    int unseen = (1 << 16) - Qcow2Bytes.EXTENSIONS - 8;
    Qcow2Bytes image = Qcow2Bytes.valid(18, 1 << 20).extension(0x12345678, unseen, "abc");
    image.putInt(1 << 16, DATA_FILE).putInt((1 << 16) + 4, 11);

    assertRefused(image, "header extensions");
    assertRefused(
        Qcow2Bytes.valid(18, 1 << 20).putInt(Qcow2Bytes.HEADER_LENGTH, 1 << 17), "extensions");
    assertAccepted(Qcow2Bytes.valid(18, 1 << 20));
  }

  @Test
  void aZeroClusterOfVersion2IsRefused() throws IOException {
    Qcow2Bytes image = Qcow2Bytes.valid().putInt(Qcow2Bytes.VERSION, 2);

    assertRefused(image.l2(3, 1), "zero cluster");
  }

  @ParameterizedTest
  @ValueSource(longs = {(512L << 20) + 512, 1L << 40, 1L << 61})
  void aVirtualSizeAboveWhatTheL1TableCoversIsRefused(long size) throws IOException {
    assertRefused(Qcow2Bytes.valid().putLong(Qcow2Bytes.VIRTUAL_SIZE, size), "L1 table");
  }

  @Test
  void aVirtualSizeThatTheL1TableJustCoversIsAccepted() throws IOException {
    assertAccepted(Qcow2Bytes.valid().putLong(Qcow2Bytes.VIRTUAL_SIZE, 512L << 20));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, (4 << 20) + 1, Integer.MIN_VALUE})
  void anL1TableOfASenselessLengthIsRefused(int entries) throws IOException {
    assertRefused(Qcow2Bytes.valid().putInt(Qcow2Bytes.L1_ENTRIES, entries), "L1 table");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 512, 7 << 16, 1L << 62, -65_536, 196_609})
  void anL1TableOutsideTheFileIsRefused(long offset) throws IOException {
    assertRefused(Qcow2Bytes.valid().putLong(Qcow2Bytes.L1_OFFSET, offset), "not within the file");
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "100, 1", "458752, 1", "-65536, 1", "65536, 0", "65536, 7", "65536, -1"})
  void aRefcountTableOutsideTheFileIsRefused(long offset, int clusters) throws IOException {
    assertRefused(
        Qcow2Bytes.valid()
            .putLong(Qcow2Bytes.REFCOUNT_TABLE_OFFSET, offset)
            .putInt(Qcow2Bytes.REFCOUNT_TABLE_CLUSTERS, clusters),
        "refcount table");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 5, 458_752, 1L << 40, -65_536})
  void aSnapshotTableOutsideTheFileIsRefused(long offset) throws IOException {
    assertRefused(
        Qcow2Bytes.valid()
            .putInt(Qcow2Bytes.SNAPSHOT_COUNT, 1)
            .putLong(Qcow2Bytes.SNAPSHOTS_OFFSET, offset),
        "not within the file");
  }

  @ParameterizedTest
  @ValueSource(longs = {5, -65_536, 196_609})
  void aSnapshotTableInTheWrongPlaceIsRefusedEvenWhenItIsEmpty(long offset) throws IOException {
    assertRefused(
        Qcow2Bytes.valid().putLong(Qcow2Bytes.SNAPSHOTS_OFFSET, offset),
        "its snapshot table is at");
  }

  @Test
  void anL2TableOutsideTheFileIsRefused() throws IOException {
    assertRefused(Qcow2Bytes.valid().l1(0, COPIED | (7L << 16)), "L2 table");
    assertRefused(Qcow2Bytes.valid().l1(0, COPIED | (1L << 55)), "L2 table");
    assertRefused(Qcow2Bytes.valid().l1(0, 512), "L2 table");
  }

  @Test
  void anL2TableThatTheFileEndsWithinIsRefused() throws IOException {
    assertRefused(Qcow2Bytes.valid().truncate((4 << 16) + 1000), "L2 table");
  }

  @Test
  void anL2TableBehindTheVirtualSizeIsLookedAtToo() throws IOException {
    assertRefused(
        Qcow2Bytes.valid().putInt(Qcow2Bytes.L1_ENTRIES, 9).l1(8, 100L << 16), "L2 table");
  }

  @Test
  void overlappingL2TablesAreRefused() throws IOException {
    Qcow2Bytes bomb = Qcow2Bytes.valid().putInt(Qcow2Bytes.L1_ENTRIES, 8192);
    for (int i = 0; i < 8192; i++) {
      bomb.l1(i, COPIED | bomb.cluster(4));
    }

    assertRefused(bomb, "overlap");
  }

  @Test
  void aClusterOutsideTheFileIsRefused() throws IOException {
    assertRefused(Qcow2Bytes.valid().l2(8191, COPIED | (7L << 16)), "cluster");
    assertRefused(Qcow2Bytes.valid().l2(0, COPIED | (1L << 55)), "cluster");
    assertRefused(Qcow2Bytes.valid().l2(0, (5L << 16) + 512), "cluster");
  }

  @Test
  void aCompressedClusterOutsideTheFileIsRefused() throws IOException {
    assertRefused(Qcow2Bytes.valid().l2(3, COMPRESSED | (7L << 16)), "cluster");
    assertRefused(Qcow2Bytes.valid().l2(3, COMPRESSED | (1L << 50)), "cluster");
  }

  @Test
  void aCompressedClusterMayBeginAnywhereInTheFile() throws IOException {
    assertAccepted(Qcow2Bytes.valid().l2(3, COMPRESSED | (7L << 54) | ((5L << 16) + 12_345)));
  }

  @Test
  void aClusterThatReadsAsZerosNeedsNoPlace() throws IOException {
    assertAccepted(Qcow2Bytes.valid().l2(3, 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void anImageWithoutItsLastClustersIsRefused(int missing) throws IOException {
    assertRefused(Qcow2Bytes.valid().truncate((7 - missing) << 16), "cluster");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 511, 512, 4096, 65_535})
  void anImageThatEndsWithinItsLastClusterIsRefused(int missing) throws IOException {
    assertRefused(Qcow2Bytes.valid().truncate((7 << 16) - missing), "cluster");
  }

  @Test
  void aLastClusterThatReadsAsZerosMayBeMissing() throws IOException {
    assertAccepted(Qcow2Bytes.valid().l2(1, (6L << 16) | 1).truncate(6 << 16));
  }

  @Test
  void ofExtendedClustersThePartsThatAreAllocatedMustBeThere() throws IOException {
    Qcow2Bytes image =
        Qcow2Bytes.valid()
            .putLong(Qcow2Bytes.INCOMPATIBLE_FEATURES, 16)
            .l2(1, -1) // all 32 parts of the cluster before
            .l2(2, COPIED | (6L << 16))
            .l2(3, 0b101); // the first and the third part of 2 KiB

    assertAccepted(image.truncate((6 << 16) + 3 * 2048));
    assertRefused(image.truncate((6 << 16) + 3 * 2048 - 1), "cluster");
  }

  @Test
  void aCompressedClusterThatTheFileEndsWithinIsRefused() throws IOException {
    Qcow2Bytes image =
        Qcow2Bytes.valid().l2(1, COMPRESSED | (3L << 54) | (6L << 16)).truncate((6 << 16) + 2048);

    assertAccepted(image);
    assertRefused(image.truncate((6 << 16) + 2047), "cluster");
  }

  @Test
  void extendedEntriesAreTwiceAsLong() throws IOException {
    Qcow2Bytes image = Qcow2Bytes.valid().putLong(Qcow2Bytes.INCOMPATIBLE_FEATURES, 16);
    image.l2(1, -1); // the bitmap of the first cluster
    assertAccepted(image);

    assertRefused(image.l2(2, COPIED | (7L << 16)).l2(3, 1), "cluster");
    assertRefused(
        Qcow2Bytes.valid()
            .putLong(Qcow2Bytes.INCOMPATIBLE_FEATURES, 16)
            .putLong(Qcow2Bytes.VIRTUAL_SIZE, (256L << 20) + 512),
        "L1 table");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void whateverIsSpoiledThereIsAnAnswer(long seed) throws IOException {
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      byte[] image = Qcow2Bytes.valid(9 + random.nextInt(4), 10_240).bytes();
      for (int changes = 1 + random.nextInt(8); changes > 0; changes--) {
        int region = random.nextBoolean() ? 128 : image.length;
        image[random.nextInt(region)] = (byte) (random.nextBoolean() ? 0xff : random.nextInt());
      }
      Verdict verdict = inspect(1L << 40, image, DiskFormat.QCOW2);
      if (verdict.safe()) {
        assertThat(verdict.virtualSize().orElseThrow()).isBetween(512L, 1L << 40);
      }
    }
  }
}
