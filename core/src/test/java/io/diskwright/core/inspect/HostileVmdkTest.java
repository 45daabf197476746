package io.diskwright.core.inspect;

import static io.diskwright.core.inspect.VmdkBytes.SECTOR;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.DiskFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A vmdk that reaches outside its own file, or is not what its header says, is refused. */
class HostileVmdkTest extends InspectorTestBase {
  private static final String SPARSE = VmdkBytes.descriptorText("monolithicSparse");

  private void assertRefused(byte[] image, String reason) throws IOException {
    Verdict verdict = inspect(image);

    assertThat(verdict.safe()).isFalse();
    assertThat(verdict.format()).hasValue(DiskFormat.VMDK);
    assertThat(verdict.reasons()).anyMatch(said -> said.contains(reason));
  }

  private void assertRefused(VmdkBytes image, String reason) throws IOException {
    assertRefused(image.bytes(), reason);
  }

  private void assertDescriptorRefused(String text, String reason) throws IOException {
    assertRefused(VmdkBytes.monolithicSparse().descriptor(text), reason);
  }

  @Test
  void whatIsNotSpoiledIsAccepted() throws IOException {
    for (VmdkBytes image :
        new VmdkBytes[] {VmdkBytes.monolithicSparse(), VmdkBytes.streamOptimized()}) {
      Verdict verdict = inspect(image.bytes());

      assertThat(verdict.reasons()).isEmpty();
      assertThat(verdict.virtualSize()).hasValue(1 << 20);
      assertThat(verdict.allocatedBytes()).hasValue(128 * 1024);
    }
  }

  @Test
  void aDescriptorAsOtherProgramsWriteItIsAccepted() throws IOException {
    String text =
        SPARSE
            .replace("version=1", "version = 1\nencoding=\"UTF-8\"\nisNativeSnapshot=\"no\"")
            .replace("=ffffffff", "=FFFFFFFF")
            .replace("\n", "\r\n");

    assertThat(inspect(VmdkBytes.monolithicSparse().descriptor(text).bytes()).reasons()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "monolithicFlat",
        "twoGbMaxExtentSparse",
        "twoGbMaxExtentFlat",
        "vmfs",
        "vmfsSparse",
        "vmfsThin",
        "seSparse",
        "vmfsRaw",
        "vmfsRDM",
        "vmfsPassthroughRawDeviceMap",
        "fullDevice",
        "partitionedDevice",
        "custom",
        "streamOptimized",
        "",
        "MonolithicSparse"
      })
  void everyOtherSubformatIsRefusedInASparseFile(String createType) throws IOException {
    assertDescriptorRefused(VmdkBytes.descriptorText(createType), "subformat");
  }

  @ParameterizedTest
  @ValueSource(strings = {"monolithicFlat", "vmfs", "twoGbMaxExtentSparse", "fullDevice"})
  void aDescriptorAloneIsRefused(String createType) throws IOException {
    byte[] text = VmdkBytes.descriptorText(createType).getBytes(StandardCharsets.ISO_8859_1);

    assertRefused(text, "only a descriptor");
    assertThat(inspect(text).features()).contains("subformat \"" + createType + '"');
  }

  @Test
  void aStreamMustSayThatItIsOne() throws IOException {
    assertRefused(VmdkBytes.streamOptimized().descriptor(SPARSE), "subformat");
    assertRefused(VmdkBytes.monolithicSparse().putShort(VmdkBytes.COMPRESSION, 1), "compression");
    assertRefused(VmdkBytes.streamOptimized().putShort(VmdkBytes.COMPRESSION, 2), "compression");
  }

  @Test
  void aFileOfSeveralIsRefused() throws IOException {
    assertRefused(
        VmdkBytes.monolithicSparse()
            .putLong(VmdkBytes.DESCRIPTOR_OFFSET, 0)
            .putLong(VmdkBytes.DESCRIPTOR_SIZE, 0),
        "one file of several");
    byte[] cowd = Arrays.copyOf("COWD\1\0\0\0".getBytes(StandardCharsets.ISO_8859_1), 4096);
    assertRefused(cowd, "one file of several");
    byte[] seSparse = new byte[4096];
    System.arraycopy(
        new byte[] {(byte) 0xbe, (byte) 0xba, (byte) 0xfe, (byte) 0xca}, 0, seSparse, 0, 4);
    assertRefused(seSparse, "one file of several");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "parentFileNameHint=\"/etc/passwd\"",
        "# parentFileNameHint=\"/etc/passwd\"",
        "ddb.parentFileNameHint=\"/etc/passwd\"",
        "ddb.x = \"parentFileNameHint=\"",
        "PARENTFILENAMEHINT=x",
      })
  void aParentIsRefusedWhereverItIsNamed(String line) throws IOException {
    assertDescriptorRefused(SPARSE + line + '\n', "names a parent");
    assertDescriptorRefused(SPARSE + '\0' + line, "names a parent");
  }

  @Test
  void aParentIsRefusedByItsContentId() throws IOException {
    assertDescriptorRefused(SPARSE.replace("=ffffffff", "=8e93a13e"), "has a parent");
  }

  @ParameterizedTest
  @CsvSource({
    "RW 2048 SPARSE \"/etc/passwd\", another file",
    "RW 2048 SPARSE \"../image.vmdk\", another file",
    "RW 2048 SPARSE \"a\\b.vmdk\", another file",
    "RW 2048 FLAT \"image.vmdk\" 0, another file",
    "RW 2048 FLAT \"/dev/sda\" 0, another file",
    "RW 2048 VMFS \"image.vmdk\", another file",
    "RW 2048 VMFSSPARSE \"image.vmdk\", another file",
    "RW 2048 SESPARSE \"image.vmdk\", another file",
    "RW 2048 ZERO, another file",
    "RW 2047 SPARSE \"image.vmdk\", 2047 sectors",
    "RW 4096 SPARSE \"image.vmdk\", 4096 sectors",
    "RW -1 SPARSE \"image.vmdk\", not known",
    "RWX 2048 SPARSE \"image.vmdk\", not known",
    "RW 2048 SPARSE \"image.vmdk\" \"/etc/passwd\", not known",
    "nothing, not known",
    "'', names 0 files",
  })
  void anExtentThatIsNotTheFileItselfIsRefused(String extent, String reason) throws IOException {
    assertDescriptorRefused(SPARSE.replace("RW 2048 SPARSE \"image.vmdk\"", extent), reason);
  }

  @Test
  void twoExtentsAreRefused() throws IOException {
    assertDescriptorRefused(SPARSE + "RW 2048 SPARSE \"image.vmdk\"\n", "names 2 files");
  }

  @ParameterizedTest
  @CsvSource({
    "createType=\"monolithicSparse\", says createtype twice",
    "createtype=\"monolithicFlat\", says createtype twice",
    "parentCID=ffffffff, says parentcid twice",
    "changeTrackPath=\"/etc/passwd\", setting that is not known",
    "digestFilename=\"x\", setting that is not known",
    "include /etc/passwd, line that is not known",
    "\u001b[31mred, line that is not known",
  })
  void whatIsNotKnownInADescriptorIsRefused(String line, String reason) throws IOException {
    assertDescriptorRefused(SPARSE + line + '\n', reason);
  }

  @Test
  void aDescriptorThatGoesOnBehindItsEndIsRefused() throws IOException {
    assertDescriptorRefused(SPARSE + "\0x", "goes on behind its end");
    assertRefused(VmdkBytes.monolithicSparse().put(21 * SECTOR - 1, 'x'), "goes on behind its end");
  }

  /** QEMU puts a new CID in the place of the old one, into the same sectors. */
  @ParameterizedTest
  @ValueSource(strings = {"8e93a13", "8e93a1", "8e93a", "8"})
  void theRestThatAShorterCidLeavesIsAccepted(String cid) throws IOException {
    VmdkBytes image = VmdkBytes.monolithicSparse().descriptor(SPARSE);
    String shorter = SPARSE.replace("8e93a13f", cid);

    assertThat(shorter).isNotEqualTo(SPARSE);
    assertThat(inspect(image.put(VmdkBytes.DESCRIPTOR, shorter + '\0').bytes()).reasons())
        .isEmpty();
  }

  @Test
  void whatIsNoRestOfTheSameDescriptorIsRefused() throws IOException {
    String end = SPARSE.substring(SPARSE.length() - 7);

    assertDescriptorRefused(SPARSE + '\0' + end, "goes on behind its end");
    assertDescriptorRefused(SPARSE + '\0' + end.substring(0, 2), "goes on behind its end");
    assertDescriptorRefused(SPARSE + "\0".repeat(7) + '\n', "goes on behind its end");
  }

  @Test
  void aDescriptorThatHasNoEndIsRefused() throws IOException {
    String full = SPARSE + "#".repeat(SECTOR - SPARSE.length() % SECTOR);
    VmdkBytes image = VmdkBytes.monolithicSparse().descriptor(full);
    image.putLong(VmdkBytes.DESCRIPTOR_SIZE, full.length() / SECTOR);

    assertRefused(image, "has no end");
  }

  @Test
  void anotherBeginningOfADescriptorIsRefused() throws IOException {
    assertDescriptorRefused("\n" + SPARSE, "does not begin as one");
    assertDescriptorRefused("", "does not begin as one");
  }

  @Test
  void anEndlessDescriptorIsRefused() throws IOException {
    assertDescriptorRefused(SPARSE + "ddb.a=1\n".repeat(300), "lines");
    assertDescriptorRefused(SPARSE + "a\n".repeat(4000), "not known");
  }

  @ParameterizedTest
  @CsvSource({"2, 20", "21, 20", "1, 0", "1, 128", "1, -1", "-1, 20", "1, 9223372036854775807"})
  void aMovedOrOversizedDescriptorIsRefused(long offset, long size) throws IOException {
    assertRefused(
        VmdkBytes.monolithicSparse()
            .putLong(VmdkBytes.DESCRIPTOR_OFFSET, offset)
            .putLong(VmdkBytes.DESCRIPTOR_SIZE, size),
        "its descriptor is not where a vmdk has it");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, -1})
  void anotherVersionIsRefused(int version) throws IOException {
    assertRefused(VmdkBytes.monolithicSparse().putInt(VmdkBytes.VERSION, version), "version");
  }

  @Test
  void damageByATransferAsTextIsRefused() throws IOException {
    assertRefused(
        VmdkBytes.monolithicSparse().put(VmdkBytes.NEWLINES, '\n', ' ', '\n', '\n'), "text");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 128, 512",
    "-1, 128, 512",
    "36028797018963968, 128, 512",
    "2048, 0, 512",
    "2048, 4, 512",
    "2048, 100, 512",
    "2048, 131072, 512",
    "2048, -128, 512",
    "2048, 128, 0",
    "2048, 128, 513",
    "2048, 128, -1",
  })
  void absurdGeometryIsRefused(long capacity, long grain, int entries) throws IOException {
    assertRefused(
        VmdkBytes.monolithicSparse()
            .putLong(VmdkBytes.CAPACITY, capacity)
            .putLong(VmdkBytes.GRAIN_SIZE, grain)
            .putInt(VmdkBytes.ENTRIES_PER_TABLE, entries),
        "geometry is absurd");
  }

  @Test
  void anEndlessDirectoryIsRefused() throws IOException {
    assertRefused(
        VmdkBytes.monolithicSparse().putLong(VmdkBytes.CAPACITY, 1L << 37),
        "grain directory is too large");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 384, 1L << 40, 1L << 55, Long.MAX_VALUE, -2})
  void aDirectoryOutsideTheFileIsRefused(long sector) throws IOException {
    for (int which : new int[] {VmdkBytes.DIRECTORY, VmdkBytes.REDUNDANT_DIRECTORY}) {
      assertRefused(VmdkBytes.monolithicSparse().putLong(which, sector), "grain directory");
    }
  }

  @Test
  void theDirectoryThatIsReadIsTheOneThatIsFollowed() throws IOException {
    VmdkBytes image = VmdkBytes.monolithicSparse();

    assertRefused(image.putInt(VmdkBytes.TABLE, 1 << 20), "a block is not within the file");
  }

  @Test
  void grainTablesOutsideTheFileOrOverlappingAreRefused() throws IOException {
    assertRefused(VmdkBytes.monolithicSparse().putInt(26 * SECTOR, 384), "grain table");
    assertRefused(VmdkBytes.monolithicSparse().putInt(26 * SECTOR, -1), "grain table");
    VmdkBytes bomb = VmdkBytes.monolithicSparse().putLong(VmdkBytes.CAPACITY, 1 << 25);
    bomb.descriptor(SPARSE.replace("2048", "" + (1 << 25)));
    bomb.putLong(VmdkBytes.DIRECTORY, 128).putLong(VmdkBytes.REDUNDANT_DIRECTORY, 128);
    for (int i = 0; i < 512; i++) {
      bomb.putInt(128 * SECTOR + 4 * i, 27);
    }
    assertRefused(bomb, "grain tables overlap");
  }

  @ParameterizedTest
  @ValueSource(ints = {384, 257, -1})
  void aGrainOutsideTheFileIsRefused(int sector) throws IOException {
    assertRefused(VmdkBytes.monolithicSparse().grain(1, sector), "a block is not within the file");
  }

  @Test
  void aZeroGrainIsOneOnlyWhereTheHeaderSaysSo() throws IOException {
    VmdkBytes image = VmdkBytes.monolithicSparse().grain(1, 1);
    assertThat(inspect(image.bytes()).allocatedBytes()).hasValue(128 * 1024);

    image.putInt(VmdkBytes.FLAGS, 7);
    assertThat(inspect(image.bytes()).allocatedBytes()).hasValue(64 * 1024);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, SECTOR, 64 * 1024, 128 * 1024})
  void whatWasCutOffIsRefused(int missing) throws IOException {
    VmdkBytes image = VmdkBytes.monolithicSparse();

    assertRefused(image.resize(image.length() - missing), "truncated");
  }

  @Test
  void anEndBeforeTheFirstGrainIsRefused() throws IOException {
    assertRefused(VmdkBytes.monolithicSparse().putLong(VmdkBytes.OVERHEAD, 385), "truncated");
    assertRefused(VmdkBytes.monolithicSparse().putLong(VmdkBytes.OVERHEAD, -1), "first grain");
    assertRefused(Arrays.copyOf(VmdkBytes.monolithicSparse().bytes(), 511), "within its header");
  }

  @Test
  void aMissingFooterIsRefused() throws IOException {
    VmdkBytes image = VmdkBytes.streamOptimized();
    for (int missing : new int[] {1, SECTOR, 2 * SECTOR, 3 * SECTOR, image.length() - 1024}) {
      assertRefused(VmdkBytes.streamOptimized().resize(image.length() - missing), "footer");
    }
  }

  @Test
  void aFooterThatIsNotTheLastIsRefused() throws IOException {
    VmdkBytes image = VmdkBytes.streamOptimized();
    int end = image.length();
    assertRefused(VmdkBytes.streamOptimized().resize(end + SECTOR), "footer");
    assertRefused(VmdkBytes.streamOptimized().resize(end + 1), "footer");
    VmdkBytes second = VmdkBytes.streamOptimized().resize(end + 3 * SECTOR);
    second.copy(end - 3 * SECTOR, end, 3 * SECTOR).putInt(end + SECTOR + VmdkBytes.CAPACITY, 4096);
    assertRefused(second, "footer");
  }

  @Test
  void aFooterThatReadersWhoRoundFindElsewhereIsRefused() throws IOException {
    VmdkBytes image = VmdkBytes.streamOptimized();
    byte[] bytes = image.bytes();
    byte[] shifted = new byte[bytes.length + 100];
    System.arraycopy(bytes, 0, shifted, 0, bytes.length);
    System.arraycopy(bytes, bytes.length - 1536, shifted, shifted.length - 1536, 1536);

    assertRefused(shifted, "not in whole sectors");
  }

  @ParameterizedTest
  @CsvSource({
    "12, 4096", // capacity
    "4, 2", // version
    "8, 3", // flags
    "20, 256", // grain size
    "44, 256", // entries per table
    "64, 1", // overhead
    "56, -1", // directory
  })
  void aFooterThatDiffersFromItsHeaderIsRefused(int offset, int value) throws IOException {
    VmdkBytes image = VmdkBytes.streamOptimized();
    image.putInt(image.footer() + offset, value);
    if (offset == VmdkBytes.DIRECTORY) {
      image.putLong(image.footer() + offset, value);
    }

    assertRefused(image, "its footer is not the copy of its header");
  }

  @Test
  void wrongMarkersOfAFooterAreRefused() throws IOException {
    int footer = VmdkBytes.streamOptimized().footer();
    for (int at : new int[] {footer - SECTOR + 12, footer + SECTOR, footer + SECTOR + 12, footer}) {
      assertRefused(VmdkBytes.streamOptimized().putInt(at, 9), "footer");
    }
  }

  @Test
  void aFootersDirectoryOutsideTheFileIsRefused() throws IOException {
    VmdkBytes image = VmdkBytes.streamOptimized();

    assertRefused(image.putLong(image.footer() + VmdkBytes.DIRECTORY, 1000), "grain directory");
  }
}
