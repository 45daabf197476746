package io.diskwright.toolkit.qcow2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import io.diskwright.toolkit.os.FileContent;
import io.diskwright.toolkit.os.NativeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images made by hand: what machines see of them, and what becomes of tables that lead astray. */
class Qcow2ContentTest {
  private static final int CLUSTER = 4096;

  /** How much one L2 table tells of. */
  private static final long REACH = CLUSTER / 8L * CLUSTER;

  private static final long SIZE = 2 * REACH + 512;
  private static final long COPIED = 1L << 63;

  /** A new image has its header, its refcounts and its L1 table in its first four clusters. */
  private static final long L1 = 3 * CLUSTER;

  private static final long L2 = 4 * CLUSTER;
  private static final long DATA = 5 * CLUSTER;

  @TempDir Path folder;
  private NativeFile file;

  @BeforeEach
  void makeImage() throws IOException {
    file = NativeFile.createNew(folder.resolve("image"), 0600);
    Qcow2Image.blank(SIZE, CLUSTER, false).write(file);
    number(L1, L2 | COPIED);
    for (int i = 0; i < 3; i++) {
      byte[] cluster = new byte[CLUSTER];
      Arrays.fill(cluster, (byte) (i + 1));
      file.write(DATA + (long) i * CLUSTER, ByteBuffer.wrap(cluster));
    }
    entry(0, DATA | COPIED);
    entry(1, DATA + CLUSTER | COPIED);
    entry(3, DATA + 2 * CLUSTER | COPIED);
    entry(4, 1);
  }

  @AfterEach
  void closeImage() throws IOException {
    file.close();
  }

  private void number(long at, long value) throws IOException {
    file.write(at, ByteBuffer.allocate(8).putLong(value).flip());
  }

  private void entry(int index, long value) throws IOException {
    number(L2 + 8L * index, value);
  }

  private Content open() throws IOException {
    long length = Files.size(folder.resolve("image"));
    return Qcow2Content.of(new FileContent(file, length, "read it"), "read it");
  }

  private byte[] read(long offset, int length) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(length);
    int read = open().read(offset, target);
    assertThat(target.position()).isEqualTo(read);
    return Arrays.copyOf(target.array(), read);
  }

  private static void assertChanged(ThrowingCallable call) {
    DiskException failure = catchThrowableOfType(DiskException.class, call);
    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContaining("cannot read it").hasMessageContaining("inspected");
  }

  @Test
  void clustersAreReadInTheirOrder() throws IOException {
    byte[] all = read(0, 5 * CLUSTER);

    byte[] expected = new byte[5 * CLUSTER];
    Arrays.fill(expected, 0, CLUSTER, (byte) 1);
    Arrays.fill(expected, CLUSTER, 2 * CLUSTER, (byte) 2);
    Arrays.fill(expected, 3 * CLUSTER, 4 * CLUSTER, (byte) 3);
    assertThat(all).isEqualTo(expected);
    assertThat(read(CLUSTER - 1, 2)).containsExactly(1, 2);
    assertThat(read(3 * CLUSTER - 1, 3)).containsExactly(0, 3, 3);
  }

  @Test
  void extentsAreToldAsFarAsTheyGo() throws IOException {
    Content content = open();

    assertThat(content.extentAt(0)).isEqualTo(data(0, 2 * CLUSTER));
    assertThat(content.extentAt(CLUSTER + 7)).isEqualTo(data(CLUSTER + 7, CLUSTER - 7));
    assertThat(content.extentAt(2 * CLUSTER)).isEqualTo(zero(2 * CLUSTER, CLUSTER));
    assertThat(content.extentAt(3 * CLUSTER)).isEqualTo(data(3 * CLUSTER, CLUSTER));
    assertThat(content.extentAt(4 * CLUSTER).kind()).isEqualTo(Extent.Kind.ZERO);
    assertThat(content.extentAt(REACH).end()).isEqualTo(2 * REACH);
    assertThat(content.extentAt(SIZE - 1)).isEqualTo(zero(SIZE - 1, 1));
  }

  private static Extent data(long offset, long length) {
    return new Extent(offset, length, Extent.Kind.DATA);
  }

  private static Extent zero(long offset, long length) {
    return new Extent(offset, length, Extent.Kind.ZERO);
  }

  @Test
  void aClusterThatWasNeverWrittenIsZero() throws IOException {
    long hole = 64 * 1024;
    file.truncate(hole + CLUSTER);
    entry(0, hole);

    assertThat(open().extentAt(0)).isEqualTo(zero(0, CLUSTER));
    assertThat(open().extentAt(CLUSTER)).isEqualTo(data(CLUSTER, CLUSTER));
  }

  @Test
  void nothingIsBehindTheEnd() throws IOException {
    assertThat(open().size()).isEqualTo(SIZE);
    assertThat(read(SIZE - 512, CLUSTER)).containsOnly(0).hasSize(512);
    assertThat(read(SIZE, CLUSTER)).isEmpty();
    assertThat(read(Long.MAX_VALUE - 1, CLUSTER)).isEmpty();
  }

  @Test
  void whatIsBehindTheBytesThatAreReadStaysAsItWas() throws IOException {
    ByteBuffer target = ByteBuffer.allocate(100).put(0, (byte) 9).put(99, (byte) 9);
    target.position(1).limit(99);

    assertThat(open().read(0, target)).isEqualTo(98);

    assertThat(target.limit()).isEqualTo(99);
    assertThat(target.array()).startsWith(9, 1).endsWith(1, 9);
  }

  /** Counts how often extents are asked for. */
  private record Counted(Content content, AtomicInteger asked) implements Content {
    @Override
    public long size() {
      return content.size();
    }

    @Override
    public Extent extentAt(long offset) throws DiskException {
      asked.incrementAndGet();
      return content.extentAt(offset);
    }

    @Override
    public int read(long offset, ByteBuffer target) throws DiskException {
      return content.read(offset, target);
    }

    @Override
    public Optional<Path> path() {
      return content.path();
    }

    @Override
    public void close() throws DiskException {
      content.close();
    }
  }

  /** Finding the end of data in a file costs more the more of it there is. */
  @Test
  void aFileWithoutHolesIsAskedOnce() throws IOException {
    file.write(DATA, ByteBuffer.allocate(101 * CLUSTER));
    for (int i = 0; i < 100; i += 2) { // each in a piece of its own
      entry(i, DATA + (long) i * CLUSTER);
    }
    AtomicInteger asked = new AtomicInteger();
    long length = Files.size(folder.resolve("image"));
    Content counted = new Counted(new FileContent(file, length, "read it"), asked);
    Content content = Qcow2Content.of(counted, "read it");
    int extents = 0;
    for (long at = 0; at < 100 * CLUSTER; at = content.extentAt(at).end()) {
      extents++;
    }

    assertThat(extents).isGreaterThan(50);
    assertThat(asked).hasValue(1);
  }

  @ParameterizedTest
  @CsvSource({
    "0x00000000fffff000, a cluster behind the end",
    "0x00fffffffffff000, one far behind it",
    "0x4000000000005000, a compressed cluster",
    "0x0000000000005200, a cluster that is not at one",
  })
  void anEntryThatLeadsAstrayFails(String value, String what) throws IOException {
    entry(0, Long.decode(value));

    assertChanged(() -> read(0, CLUSTER));
    assertChanged(() -> open().extentAt(0));
  }

  @ParameterizedTest
  @ValueSource(longs = {1L << 40, L2 + 512})
  void aTableThatIsNotWhereTablesAreFails(long place) throws IOException {
    number(L1 + 8, place);

    assertThat(read(0, 1)).containsExactly(1);
    assertChanged(() -> read(REACH, 1));
    assertChanged(() -> open().extentAt(REACH));
  }

  @Test
  void aZeroClusterOfVersion2Fails() throws IOException {
    file.write(4, ByteBuffer.allocate(4).putInt(2).flip());

    assertThat(read(0, 1)).containsExactly(1);
    assertChanged(() -> read(4 * CLUSTER, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, no magic number",
    "24, 0, no size",
    "24, -1, a negative size",
    "24, 4398046511104, more than its L1 table tells of",
    "40, 0, an L1 table in the header",
    "40, 8, one that is not at a cluster",
    "40, -4096, one before the image",
    "40, 1099511627776, one behind it",
    "72, 2, damage",
    "72, 4, another file with the bytes",
    "72, 16, subclusters",
    "72, 32, something unknown",
  })
  void anotherHeaderThanWasInspectedFails(int at, long value, String what) throws IOException {
    number(at, value);

    assertChanged(this::open);
  }

  @Test
  void encryptionFails() throws IOException {
    file.write(32, ByteBuffer.allocate(4).putInt(1).flip());

    assertChanged(this::open);
  }

  @Test
  void aBackingFileFails() throws IOException {
    Path over = folder.resolve("over");
    try (NativeFile image = NativeFile.createNew(over, 0600)) {
      Qcow2Image.blank(SIZE, CLUSTER, false).over("/etc/passwd", "raw").write(image);
      Content bytes = new FileContent(image, Files.size(over), "read it");

      assertChanged(() -> Qcow2Content.of(bytes, "read it"));
    }
  }

  /**
   * To tell extents, what is behind the end of a file is a hole: who copies compares its length.
   */
  @Test
  void readingAnImageThatIsCutShortMeanwhileFails() throws IOException {
    Content content = open();
    file.truncate(DATA + CLUSTER + 1);

    assertChanged(() -> content.read(0, ByteBuffer.allocate(2 * CLUSTER)));
  }

  @Test
  void theImageStaysOpen() throws IOException {
    Content content = open();
    content.close();
    content.close();

    assertThat(content.path()).isEmpty();
    assertThat(read(0, 1)).containsExactly(1);
  }
}
