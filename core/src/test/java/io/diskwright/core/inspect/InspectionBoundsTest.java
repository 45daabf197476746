package io.diskwright.core.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever an image's bytes claim, inspecting it takes little memory and reads little. */
class InspectionBoundsTest {
  private static final long MIB = 1024 * 1024;
  private static final long GIB = 1024 * MIB;
  private static final long COPIED = 1L << 63;
  private static final Call CALL = Call.within(Duration.ofMinutes(5));

  /** Each with how long its file seems to be, and how much may be read to follow its tables. */
  static Stream<Arguments> images() {
    return Stream.of(
        Arguments.of("raw", new byte[] {1}, 100L * 1024 * GIB, 0L),
        Arguments.of("qcow2", Qcow2Bytes.valid().bytes(), 0L, MIB),
        Arguments.of("qcow2 with the longest L1 table", longestL1(), 64 * GIB, 33 * MIB),
        Arguments.of("qcow2 whose L2 tables overlap", overlapping(), 0L, 2 * MIB),
        Arguments.of("qcow2 of extensions only", extensions(), 0L, MIB),
        Arguments.of("vmdk", VmdkBytes.monolithicSparse().bytes(), 0L, MIB),
        Arguments.of("vmdk with the longest directory", longestDirectory(), 64 * GIB, 5 * MIB),
        Arguments.of("vmdk of unknown lines", lines("a\n"), 0L, 0L),
        Arguments.of("vmdk of unknown settings", lines("a=b\n"), 0L, 0L),
        Arguments.of("vmdk of extents", lines("RW 1 SPARSE \"a\"\n"), 0L, 0L),
        Arguments.of("vmdk of one line", lines("a"), 0L, 0L),
        Arguments.of("vdi with the longest map", longestMap(), 8L * 1024 * GIB, GIB / 2),
        Arguments.of("vhd with the longest table", longestTable(), 64 * GIB, 33 * MIB),
        Arguments.of("vhdx of regions", regions(), 0L, 0L),
        Arguments.of("vhdx of metadata", metadata(), 0L, 0L),
        Arguments.of("vhdx of 64 TiB", largestVhdx(), 65L * 1024 * GIB, 520 * MIB));
  }

  private static byte[] longestL1() {
    return Qcow2Bytes.valid()
        .putInt(Qcow2Bytes.L1_ENTRIES, 4 << 20)
        .l1(0, 0)
        .putLong(Qcow2Bytes.L1_OFFSET, 1L << 30)
        .bytes();
  }

  private static byte[] overlapping() {
    Qcow2Bytes image = Qcow2Bytes.valid().putInt(Qcow2Bytes.L1_ENTRIES, 8192);
    for (int i = 0; i < 8192; i++) {
      image.l1(i, COPIED | image.cluster(4));
    }
    return image.bytes();
  }

  private static byte[] extensions() {
    Qcow2Bytes image = Qcow2Bytes.valid();
    for (int at = Qcow2Bytes.EXTENSIONS; at + 8 <= 1 << 16; at += 8) {
      image.putInt(at, 0xe2792aca).putInt(at + 4, 0);
    }
    return image.bytes();
  }

  private static byte[] longestDirectory() {
    VmdkBytes image = VmdkBytes.monolithicSparse();
    long sectors = 1L << 36; // 1 Mi tables of 512 grains of 128 sectors
    return image
        .putLong(VmdkBytes.CAPACITY, sectors)
        .descriptor(VmdkBytes.descriptorText("monolithicSparse").replace("2048", "" + sectors))
        .putLong(VmdkBytes.DIRECTORY, 1 << 20)
        .putLong(VmdkBytes.REDUNDANT_DIRECTORY, 1 << 20)
        .bytes();
  }

  private static byte[] lines(String line) {
    VmdkBytes image = VmdkBytes.monolithicSparse().putLong(VmdkBytes.DESCRIPTOR_SIZE, 127);
    String text = VmdkBytes.descriptorText("monolithicSparse");
    int left = 127 * VmdkBytes.SECTOR - text.length() - 1;
    return image.put(VmdkBytes.DESCRIPTOR, text + line.repeat(left / line.length())).bytes();
  }

  private static byte[] longestMap() {
    int blocks = 0x0fffffff;
    return VdiBytes.valid()
        .putInt(VdiBytes.BLOCKS, 1 << 23)
        .putLong(VdiBytes.VIRTUAL_SIZE, (1L << 23) * MIB)
        .putInt(VdiBytes.DATA_OFFSET, blocks & -512)
        .bytes();
  }

  private static byte[] longestTable() {
    return VhdBytes.dynamic()
        .putInt(VhdBytes.ENTRIES, 8 << 20)
        .putLong(VhdBytes.TABLE_OFFSET, GIB)
        .sealed()
        .bytes();
  }

  private static byte[] regions() {
    VhdxBytes image = VhdxBytes.valid();
    for (int i = 2; i < 2047; i++) {
      image.region(i, "01234567-89ab-cdef-0123-%012x".formatted(i), MIB + 1, 7, true);
    }
    return image.sealed().bytes();
  }

  private static byte[] metadata() {
    VhdxBytes image = VhdxBytes.valid();
    for (int i = 5; i < 2047; i++) {
      image.item(i, "01234567-89ab-cdef-0123-%012x".formatted(i), 1, 7);
    }
    return image.bytes();
  }

  private static byte[] largestVhdx() {
    return VhdxBytes.valid()
        .virtualSize(64L * 1024 * GIB)
        .region(0, VhdxBytes.BLOCK_TABLE_REGION, GIB, 513 << 20, true)
        .sealed()
        .bytes();
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  private static Optional<DiskFormat> declared(String name) {
    return name.equals("raw") ? Optional.of(DiskFormat.RAW) : Optional.empty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("images")
  void allThatIsEverAllocatedIsLessThanOneMebibyte(String name, byte[] image, long size, long most)
      throws DiskException {
    CountingContent content = new CountingContent(image, Math.max(size, image.length));
    ImageInspector inspector = new ImageInspector();
    InspectionRules rules = InspectionRules.all(Long.MAX_VALUE);
    Verdict first = inspector.inspectWithTables(content, declared(name), rules, CALL);
    long before = allocated(); // what is loaded and compiled once is so now

    Verdict verdict = inspector.inspectWithTables(content, declared(name), rules, CALL);

    assertThat(allocated() - before).isLessThan(MIB);
    assertThat(verdict).isEqualTo(first);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("images")
  void onlyHeadersAndTablesAreRead(String name, byte[] image, long size, long most)
      throws DiskException {
    long length = Math.max(size, image.length);
    InspectionRules rules = InspectionRules.all(Long.MAX_VALUE);
    CountingContent headers = new CountingContent(image, length);
    Verdict unused = new ImageInspector().inspect(headers, declared(name), rules, CALL);
    CountingContent all = new CountingContent(image, length);
    unused = new ImageInspector().inspectWithTables(all, declared(name), rules, CALL);

    assertThat(headers.read()).isLessThanOrEqualTo(name.startsWith("vhdx") ? MIB / 2 : 256 * 1024);
    assertThat(all.read()).isLessThanOrEqualTo(headers.read() + most);
    assertThat(all.reads()).isLessThanOrEqualTo(16 + (most >>> 15));
  }
}
