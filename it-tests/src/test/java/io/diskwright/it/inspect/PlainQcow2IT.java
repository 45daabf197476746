package io.diskwright.it.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.inspect.ImageInspector;
import io.diskwright.core.inspect.InspectionRules;
import io.diskwright.core.inspect.Verdict;
import io.diskwright.it.support.Host;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import io.diskwright.toolkit.os.FileContent;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.qcow2.Qcow2Content;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Qcow2 images that a guest has written at random read here as QEMU reads them. */
class PlainQcow2IT {
  private static final int SIZE = 12 * 1024 * 1024 + 3 * 512;
  private static final int SECTOR = 512;
  private static final int CHANGES = 60;
  private static final int READS = 200;
  private static final String[] KINDS = {"write -P 17", "write -P 99", "write -z", "write -z -u"};

  @TempDir Path folder = Path.of("");

  private Path written(String options, Random random) throws Exception {
    Path image = folder.resolve("image.qcow2");
    Tools.run("qemu-img", "create", "-q", "-f", "qcow2", "-o", options, image, SIZE);
    change(image, random);
    return image;
  }

  /** As a guest does: pieces of all sizes, zeros and zeros that give space back, and discards. */
  private static void change(Path image, Random random) throws Exception {
    List<Object> arguments = new ArrayList<>(List.of("-f", "qcow2", "-d", "unmap"));
    for (int i = 0; i < CHANGES; i++) {
      int sectors = 1 + random.nextInt(random.nextBoolean() ? 16 : 1024);
      int first = random.nextInt(SIZE / SECTOR - sectors);
      String kind = i % 7 == 0 ? "discard" : KINDS[random.nextInt(KINDS.length)];
      String change = "%s %d %d".formatted(kind, (long) first * SECTOR, (long) sectors * SECTOR);
      arguments.addAll(List.of("-c", change));
    }
    arguments.add(image);
    String unused = Tools.run("qemu-io", arguments.toArray());
  }

  private byte[] asQemuReads(Path image) throws Exception {
    Path raw = folder.resolve("raw");
    Tools.run("qemu-img", "convert", "-f", "qcow2", "-O", "raw", image, raw);
    byte[] bytes = Files.readAllBytes(raw);
    Files.delete(raw);
    return bytes;
  }

  private static Verdict inspect(Content bytes) throws DiskException {
    InspectionRules rules = InspectionRules.all(Long.MAX_VALUE);
    return new ImageInspector()
        .inspectWithTables(bytes, Optional.of(DiskFormat.QCOW2), rules, Host.call());
  }

  private void assertReadsAsByQemu(Path image, Random random) throws Exception {
    byte[] theirs = asQemuReads(image);
    try (NativeFile file = NativeFile.openRead(image);
        Content bytes = new FileContent(file, Files.size(image), "read")) {
      Verdict verdict = inspect(bytes);
      assertThat(verdict.safe()).as("%s", verdict).isTrue();
      assertThat(verdict.plainClusters()).as("%s", verdict).isTrue();

      Content ours = Qcow2Content.of(bytes, "read");

      assertThat(ours.size()).isEqualTo(theirs.length);
      assertThat(read(ours, 0, theirs.length)).isEqualTo(theirs);
      for (int i = 0; i < READS; i++) {
        int at = random.nextInt(theirs.length);
        int length = random.nextInt(random.nextBoolean() ? 4096 : theirs.length);
        int end = Math.min(theirs.length, at + length);
        assertThat(read(ours, at, length)).isEqualTo(Arrays.copyOfRange(theirs, at, end));
      }
      assertTellsNoDataToBeZero(ours, theirs);
    }
  }

  private static byte[] read(Content content, long at, int length) throws DiskException {
    ByteBuffer target = ByteBuffer.allocate(length);
    int read = content.read(at, target);
    return Arrays.copyOf(target.array(), read);
  }

  private static void assertTellsNoDataToBeZero(Content ours, byte[] theirs) throws DiskException {
    boolean zeros = false;
    for (int at = 0; at < theirs.length; ) {
      Extent extent = ours.extentAt(at);
      assertThat(extent.offset()).isEqualTo(at);
      assertThat(extent.end()).isLessThanOrEqualTo(theirs.length);
      if (extent.kind() == Extent.Kind.ZERO) {
        zeros = true;
        int length = (int) extent.length();
        assertThat(Arrays.mismatch(theirs, at, at + length, new byte[length], 0, length))
            .isEqualTo(-1);
      }
      at = (int) extent.end();
    }
    assertThat(zeros).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cluster_size=64k",
        "cluster_size=512",
        "cluster_size=4k",
        "cluster_size=2M",
        "compat=0.10",
        "lazy_refcounts=on",
        "preallocation=metadata",
        "preallocation=falloc",
        "refcount_bits=1",
        "refcount_bits=64",
      })
  void whatAGuestWroteIsRead(String options) throws Exception {
    Random random = new Random(options.hashCode());
    assertReadsAsByQemu(written(options, random), random);
  }

  @Test
  void snapshotsInsideAreLeftAlone() throws Exception {
    Random random = new Random(11);
    Path image = written("cluster_size=64k", random);
    for (String snapshot : List.of("one", "two")) {
      Tools.run("qemu-img", "snapshot", "-c", snapshot, image);
      change(image, random);
    }
    assertReadsAsByQemu(image, random);

    Tools.run("qemu-img", "snapshot", "-a", "one", image);
    assertReadsAsByQemu(image, random);
  }

  @Test
  void aDirtyImageIsReadAsItIs() throws Exception {
    Random random = new Random(12);
    Path image = written("lazy_refcounts=on", random);
    String killed = "write -P 5 65536 65536";
    Tools.Result result =
        Tools.run(
            new ProcessBuilder(
                Tools.require("qemu-io").toString(),
                "-f",
                "qcow2",
                "-c",
                killed,
                "-c",
                "flush",
                "-c",
                "abort",
                image.toString()));
    assertThat(result.status()).isNotZero();
    assertThat(Tools.run("qemu-img", "info", "--output=json", image))
        .contains("\"dirty-flag\": true");
    assertReadsAsByQemu(image, random);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-c", "-o extended_l2=on"})
  void othersAreNotPlain(String options) throws Exception {
    Path raw = Files.write(folder.resolve("raw"), new byte[SIZE]);
    Path image = folder.resolve("image.qcow2");
    List<Object> arguments = new ArrayList<>(List.of("convert", "-f", "raw", "-O", "qcow2"));
    arguments.addAll(List.of(options.split(" ", -1)));
    arguments.addAll(List.of("-S", "0", raw, image));
    Tools.run("qemu-img", arguments.toArray());
    try (NativeFile file = NativeFile.openRead(image);
        Content bytes = new FileContent(file, Files.size(image), "read")) {
      Verdict verdict = inspect(bytes);

      assertThat(verdict.safe()).isTrue();
      assertThat(verdict.plainClusters()).isFalse();
    }
  }
}
