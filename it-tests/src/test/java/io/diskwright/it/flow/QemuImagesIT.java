package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.diskFrom;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.it.support.Host;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that qemu-img made become disks that read the same, or are refused; QEMU says so. */
@ParameterizedClass
@CsvSource({"raw, raw", "qcow2, raw", "qcow2, keep"})
class QemuImagesIT {
  private static final long MIB = 1024 * 1024;

  @Parameter(0)
  String backend = "";

  @Parameter(1)
  String bases = "";

  @TempDir Path folder = Path.of("");

  private Host open(String... keys) throws IOException {
    List<String> all = new ArrayList<>(List.of(keys));
    if (backend.equals("qcow2")) {
      all.add("base-format: " + bases);
    }
    return Host.open(folder.resolve("pool"), backend, all.toArray(String[]::new));
  }

  private Path raw(long size) throws IOException {
    return Images.raw(folder.resolve("image.raw"), size, size);
  }

  private Path convert(Path raw, String options) throws Exception {
    Path image = folder.resolve("image.qcow2");
    List<Object> arguments = new ArrayList<>(List.of("convert", "-f", "raw", "-O", "qcow2"));
    arguments.addAll(List.of(options.split(" ", -1)));
    arguments.removeIf(""::equals);
    arguments.addAll(List.of(raw, image));
    Tools.run("qemu-img", arguments.toArray());
    return image;
  }

  private void assertDisk(ProvisionResult result, Path raw) throws Exception {
    Path file = result.disk().path().orElseThrow();
    Tools.assertSame(file, backend, raw, "raw");
    if (backend.equals("qcow2")) {
      Tools.run("qemu-img", "check", "-f", "qcow2", file);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-o compat=0.10",
        "-o compat=1.1",
        "-o compat=1.1,lazy_refcounts=on",
        "-c",
        "-c -o compat=0.10",
        "-c -o compression_type=zstd",
        "-o extended_l2=on,cluster_size=128k",
        "-o extended_l2=on,cluster_size=16k",
        "-o cluster_size=512",
        "-o cluster_size=2M",
        "-o preallocation=metadata",
        "-o preallocation=falloc",
        "-o preallocation=full",
        "-o refcount_bits=1",
        "-o refcount_bits=64",
        "-c -o cluster_size=4k"
      })
  void everyKindOfQcow2BecomesADiskThatReadsTheSame(String options) throws Exception {
    for (long size : new long[] {512, 9 * MIB + 512}) {
      Path raw = raw(size);
      Path image = convert(raw, options);
      try (Host host = open()) {
        ProvisionResult exact = host.create("exact" + size, image);
        ProvisionResult larger =
            host.provision(
                diskFrom("larger" + size, image).size(64 * MIB).format(DiskFormat.QCOW2));

        assertThat(exact.disk().record().size()).isEqualTo(size);
        assertDisk(exact, raw);
        assertDisk(larger, raw);
        assertThat(host.leftOvers()).isEmpty();
      }
      Files.delete(raw);
      Files.delete(image);
    }
  }

  @Test
  void anImageWithSnapshotsIsItsActiveState() throws Exception {
    Path raw = raw(9 * MIB);
    Path image = convert(raw, "");
    Tools.run("qemu-img", "snapshot", "-c", "old", image);
    Tools.guestWrites(image, "qcow2", 7, 3 * MIB, 100_000 / 512 * 512);
    Path now = folder.resolve("now.raw");
    Tools.run("qemu-img", "convert", "-f", "qcow2", "-O", "raw", image, now);
    try (Host host = open()) {
      assertDisk(host.create("disk", image), now);
    }
  }

  @Test
  void aRawImageOfAnOddSizeIsFilledUpWithZeros() throws Exception {
    Path raw = raw(3 * MIB + 77);
    try (Host host = open()) {
      ProvisionResult result = host.create("disk", raw);

      assertThat(result.disk().record().size()).isEqualTo(3 * MIB + 512);
      assertDisk(result, raw);
    }
  }

  @Test
  void theBaseIsKeptAsThePoolWantsIt() throws Exception {
    Path image = convert(raw(9 * MIB), "-c");
    try (Host host = open()) {
      host.create("disk", image);

      assertThat(host.pool().bases(call()))
          .singleElement()
          .satisfies(
              base -> {
                assertThat(base.imageFormat()).isEqualTo(DiskFormat.QCOW2);
                assertThat(base.format())
                    .isEqualTo(bases.equals("keep") ? DiskFormat.QCOW2 : DiskFormat.RAW);
              });
    }
  }

  @Test
  void digestsAreThoseOfTheImageAsItComes() throws Exception {
    Path raw = raw(9 * MIB);
    Path image = convert(raw, "");
    byte[] hash = MessageDigest.getInstance("SHA-512").digest(Files.readAllBytes(image));
    Digest right = new Digest("sha512", HexFormat.of().formatHex(hash));
    Digest wrong = new Digest("sha512", "0".repeat(128));
    try (Host host = open()) {
      DiskException failure = failure(() -> host.provision(diskFrom("disk", image).digest(wrong)));
      assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
      assertThat(host.pool().bases(call())).isEmpty();
      assertThat(host.leftOvers()).isEmpty();

      assertDisk(host.provision(diskFrom("disk", image).digest(right)), raw);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-b secret.raw -F raw",
        "-b secret.raw -F raw -o compat=0.10",
        "-o data_file=outside.raw",
        "-o data_file=outside.raw,data_file_raw=on"
      })
  void whatReachesOutsideItselfIsRefused(String options) throws Exception {
    Files.write(folder.resolve("secret.raw"), new byte[1 << 20]);
    Path image = folder.resolve("hostile.qcow2");
    List<String> command = new ArrayList<>(List.of(Tools.require("qemu-img").toString(), "create"));
    command.addAll(List.of("-f", "qcow2"));
    command.addAll(List.of(options.split(" ", -1)));
    command.addAll(List.of(image.toString(), "1M"));
    assertThat(Tools.run(new ProcessBuilder(command).directory(folder.toFile())).status()).isZero();
    try (Host host = open()) {
      DiskException failure = failure(() -> host.create("disk", image));

      assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
      assertThat(failure).hasMessageMatching("(?s).*(backing|external data) file.*");
      assertThat(host.pool().bases(call())).isEmpty();
      assertThat(host.leftOvers()).isEmpty();
    }
  }

  @Test
  void anEncryptedImageIsRefused() throws Exception {
    Path image = folder.resolve("encrypted.qcow2");
    Tools.run(
        "qemu-img",
        "create",
        "-f",
        "qcow2",
        "--object",
        "secret,id=s,data=secret",
        "-o",
        "encrypt.format=aes,encrypt.key-secret=s",
        image,
        "1M");
    try (Host host = open()) {
      assertThat(failure(() -> host.create("disk", image))).hasMessageContaining("encrypted");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vmdk", "vdi", "vhdx", "vpc", "qed"})
  void otherFormatsAreRefusedWhenDeclaredAsRaw(String format) throws Exception {
    Path image = folder.resolve("image");
    Tools.run("qemu-img", "create", "-f", format, image, "8M");
    try (Host host = open()) {
      DiskException raw =
          failure(() -> host.provision(diskFrom("disk", image).format(DiskFormat.RAW)));

      assertThat(raw.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
      assertThat(host.leftOvers()).isEmpty();
    }
  }

  @Test
  void qedIsAlwaysRefused() throws Exception {
    Path image = folder.resolve("image");
    Tools.run("qemu-img", "create", "-f", "qed", image, "8M");
    try (Host host = open()) {
      assertThat(failure(() -> host.create("disk", image)))
          .hasMessageContaining("qed is never accepted");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-c", "-c -o compression_type=zstd", "-o extended_l2=on,cluster_size=128k"})
  void aTruncatedImageIsRefusedOrReadsTheSameAndIsNeverWrong(String options) throws Exception {
    Path raw = raw(5 * MIB + 512);
    Path image = convert(raw, options);
    byte[] whole = Files.readAllBytes(image);
    int refused = 0;
    for (int length : cuts(whole.length)) {
      Path cut =
          Files.write(folder.resolve("cut" + length), java.util.Arrays.copyOf(whole, length));
      try (Host host = open()) {
        DiskException failure = failure(() -> host.create("disk" + length, cut));
        if (failure != null) {
          assertThat(failure.reason())
              .as("%s cut to %d bytes: %s", options, length, failure)
              .isIn(Reason.IMAGE_UNACCEPTABLE, Reason.IO_ERROR);
          assertThat(failure.remedy()).isPresent();
          assertThat(host.leftOvers()).isEmpty();
          refused++;
        } else {
          assertDisk(host.create("disk" + length, cut), raw);
        }
      }
      Files.delete(cut);
    }
    assertThat(refused).isGreaterThan(30);
  }

  /** Lengths all over the image, and around the ends of its clusters and sectors. */
  private static Set<Integer> cuts(int length) {
    TreeSet<Integer> cuts = new TreeSet<>();
    Random random = new Random(length);
    for (int i = 0; i < 16; i++) {
      cuts.add(1 + random.nextInt(length - 1));
    }
    for (int distance : new int[] {1, 100, 511, 512, 513, 4096, 10_000, 65_535, 65_536, 65_537}) {
      cuts.add(length - distance);
    }
    for (int start : new int[] {1, 71, 72, 104, 512, 65_536, 131_072, 196_608, 262_144, 327_680}) {
      cuts.add(Math.min(start, length - 1));
    }
    return cuts;
  }

  @Test
  void progressIsToldWhileItIsConverted() throws Exception {
    Path image = convert(raw(40 * MIB), "");
    List<Long> reported = new ArrayList<>();
    try (Host host = open()) {
      io.diskwright.spi.call.Call call =
          io.diskwright.spi.call.Call.of(
              call().deadline(),
              new io.diskwright.spi.call.Cancellation(),
              (step, done, total) -> {
                synchronized (reported) {
                  reported.add(done);
                }
              });
      host.diskwright().provision(diskFrom("disk", image).build(), call);
    }

    assertThat(reported).isNotEmpty();
  }
}
