package io.diskwright.core.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * How much storage a qcow2's content takes as raw is told by its tables, before it is converted.
 */
class Qcow2AllocationTest extends InspectorTestBase {
  private static final long KIB = 1024;
  private static final long MIB = 1024 * KIB;
  private static final long COMPRESSED = 1L << 62;
  private static final int EXTENDED_L2 = 16;

  private void assertAllocated(Qcow2Bytes image, long bytes) throws IOException {
    Verdict verdict = inspect(image.bytes());

    assertThat(verdict.reasons()).isEmpty();
    assertThat(verdict.allocatedBytes()).hasValue(bytes);
  }

  @Test
  void clustersCount() throws IOException {
    assertAllocated(Qcow2Bytes.valid(), 128 * KIB);
  }

  @Test
  void whatIsNotAllocatedDoesNotCount() throws IOException {
    assertAllocated(Qcow2Bytes.valid().l2(0, 0), 64 * KIB);
    assertAllocated(Qcow2Bytes.valid().l1(0, 0), 0);
  }

  @Test
  void whatReadsAsZeroDoesNotCountWhateverIsKeptForIt() throws IOException {
    Qcow2Bytes image = Qcow2Bytes.valid();
    assertAllocated(image.l2(0, image.cluster(5) | 1).l2(1, 1), 0);
  }

  @Test
  void aCompressedClusterCountsWhole() throws IOException {
    Qcow2Bytes image = Qcow2Bytes.valid();
    assertAllocated(image.l2(0, COMPRESSED | image.cluster(5)), 128 * KIB);
  }

  @Test
  void clustersSmallerThanABlockCountAsOne() throws IOException {
    assertAllocated(Qcow2Bytes.valid(9, 10_240), 8 * KIB);
  }

  @Test
  void onlyTheAllocatedPartsOfAClusterCount() throws IOException {
    Qcow2Bytes image = Qcow2Bytes.valid(21, 64 * MIB);
    image.putLong(Qcow2Bytes.INCOMPATIBLE_FEATURES, EXTENDED_L2);
    long zeros = 0xfL << 60; // of parts that are not allocated
    assertAllocated(image.l2(1, zeros | 0b101), 128 * KIB);
  }

  @Test
  void anImageThatIsRefusedIsNotCounted() throws IOException {
    Qcow2Bytes image = Qcow2Bytes.valid();
    assertThat(inspect(image.l2(0, image.cluster(1000)).bytes()).allocatedBytes()).isEmpty();
  }
}
