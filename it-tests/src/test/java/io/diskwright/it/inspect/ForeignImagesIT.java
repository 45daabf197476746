package io.diskwright.it.inspect;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.inspect.Verdict;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.it.support.Host;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.ImageRequest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images in every format that QEMU writes are told as QEMU tells them, and read the same. */
class ForeignImagesIT {
  private static final long MIB = 1024 * 1024;
  private static final Pattern VIRTUAL_SIZE = Pattern.compile("\"virtual-size\": ([0-9]+)");
  private static final Pattern FORMAT = Pattern.compile("\"format\": \"([a-z0-9]+)\"");

  @TempDir Path folder = Path.of("");

  private Path image(Path raw, String format, String options) throws Exception {
    Path image = folder.resolve("image." + format);
    List<Object> arguments = new ArrayList<>(List.of("convert", "-f", "raw", "-O", format));
    if (!options.isEmpty()) {
      arguments.addAll(List.of(options.split(" ", -1)));
    }
    arguments.addAll(List.of(raw, image));
    Tools.run("qemu-img", arguments.toArray());
    return image;
  }

  private static Verdict inspect(Host host, Path image) throws IOException {
    return host.diskwright()
        .inspect(ImageRequest.of(image.toString()), new PoolName("pool"), call());
  }

  private static String found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return matcher.group(1);
  }

  @ParameterizedTest
  @CsvSource({
    "qcow2, ''",
    "qcow2, -o compat=0.10",
    "qcow2, -c -o compression_type=zstd",
    "qcow2, '-o extended_l2=on,cluster_size=32k'",
    "qcow2, -o preallocation=full",
    "vmdk, ''",
    "vmdk, -o subformat=streamOptimized",
    "vmdk, '-o adapter_type=lsilogic,hwversion=7'",
    "vmdk, -o zeroed_grain=on",
    "vpc, ''",
    "vpc, -o force_size=on",
    "vpc, '-o subformat=fixed,force_size=on'",
    "vpc, -o subformat=fixed",
    "vhdx, ''",
    "vhdx, -o subformat=fixed",
    "vhdx, -o block_size=1M",
    "vhdx, '-o block_size=64M,log_size=4M'",
    "vdi, ''",
    "vdi, -o static=on",
  })
  void whatQemuWritesIsToldAsQemuTellsItAndReadsTheSame(String format, String options)
      throws Exception {
    for (long size : new long[] {MIB, 37 * MIB + 512 * 7}) {
      Path raw = Images.raw(folder.resolve("image.raw"), size, size);
      Path image = image(raw, format, options);
      String info = Tools.run("qemu-img", "info", "--output=json", "-f", format, image);
      try (Host host = Host.open(folder.resolve("pool" + size), "raw")) {
        Verdict verdict = inspect(host, image);

        assertThat(verdict.reasons()).isEmpty();
        assertThat(verdict.format()).hasValue(DiskFormat.of(found(FORMAT, info)));
        assertThat(verdict.virtualSize()).hasValue(Long.parseLong(found(VIRTUAL_SIZE, info)));

        ProvisionResult result = host.create("disk", image);
        Tools.assertSame(result.disk().path().orElseThrow(), "raw", image, format);
        assertThat(host.leftOvers()).isEmpty();
      }
      Files.delete(raw);
      Files.delete(image);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "qcow2, ''",
    "vmdk, ''",
    "vmdk, -o subformat=streamOptimized",
    "vpc, -o force_size=on",
    "vpc, '-o subformat=fixed,force_size=on'",
    "vhdx, ''",
    "vdi, ''",
  })
  void whatWasCutOffIsRefused(String format, String options) throws Exception {
    Path raw = Images.raw(folder.resolve("image.raw"), 5, 37 * MIB);
    Path whole = image(raw, format, options);
    Path cut = folder.resolve("cut");
    try (Host host = Host.open(folder.resolve("pool"), "raw")) {
      for (int tenth = 1; tenth < 10; tenth++) {
        Files.copy(whole, cut, StandardCopyOption.REPLACE_EXISTING);
        try (RandomAccessFile file = new RandomAccessFile(cut.toFile(), "rw")) {
          file.setLength(file.length() * tenth / 10);
        }
        String name = "disk" + tenth;
        DiskFormat declared = DiskFormat.of(format);

        assertThat(
                failure(() -> host.provision(Host.diskFrom(name, cut).format(declared))).reason())
            .as("%d tenths", tenth)
            .isEqualTo(Reason.IMAGE_UNACCEPTABLE);
      }
      assertThat(host.pool().disks(call())).isEmpty();
      assertThat(host.pool().bases(call())).isEmpty();
      assertThat(host.leftOvers()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"wa\0\0", "win ", "tap\0"})
  void whoeverMadeAVhdItKeepsItsEnd(String creator) throws Exception {
    Path raw = Images.raw(folder.resolve("image.raw"), 5, 37 * MIB + 512 * 7);
    for (String options : new String[] {"-o force_size=on", "-o subformat=fixed,force_size=on"}) {
      ImageFile image = ImageFile.of(Files.readAllBytes(image(raw, "vpc", options)));
      boolean fixed = options.contains("fixed");
      int footer = fixed ? image.bytes().length - 512 : 0;
      image.put(footer + 28, creator).put(footer + 56, 0, 10, 4, 17); // a geometry far too small
      Path file =
          (fixed ? image.sealVhdFooter() : image.sealVhd()).write(folder.resolve("made,vhd"));
      try (Host host = Host.open(folder.resolve("pool" + options.length()), "raw")) {
        ProvisionResult result = host.create("disk", file);
        Tools.assertSame(result.disk().path().orElseThrow(), "raw", raw, "raw");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "xz", "zstd"})
  void whatIsCompressedAsAWholeIsUnpackedOnTheWay(String packing) throws Exception {
    for (String format : new String[] {"raw", "qcow2", "vmdk"}) {
      Path raw = Images.raw(folder.resolve("image.raw"), 9, 21 * MIB);
      Path image = format.equals("raw") ? raw : image(raw, format, "");
      Tools.run(packing, "-q", "-k", image);
      Path packed =
          Path.of(image + (packing.equals("gzip") ? ".gz" : packing.equals("xz") ? ".xz" : ".zst"));
      try (Host host = Host.open(folder.resolve("pool-" + format), "raw")) {
        Verdict verdict = inspect(host, packed);
        assertThat(verdict.reasons()).isEmpty();
        assertThat(verdict.format()).hasValue(DiskFormat.of(format));
        assertThat(verdict.virtualSize()).hasValue(21 * MIB);
        assertThat(verdict.features()).contains("packed by " + packing);

        ProvisionResult result = host.create("disk", packed);
        Tools.assertSame(result.disk().path().orElseThrow(), "raw", raw, "raw");
        assertThat(host.leftOvers()).isEmpty();
      }
      Files.deleteIfExists(image);
      Files.deleteIfExists(raw);
      Files.delete(packed);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vmdk", "vpc", "vhdx", "vdi", "qcow2"})
  void aPoolThatDoesNotAcceptAFormatRefusesIt(String format) throws Exception {
    Path raw = Images.raw(folder.resolve("image.raw"), 3, 2 * MIB);
    Path image = image(raw, format, "");
    try (Host host = Host.open(folder.resolve("pool"), "raw", "image-formats: raw")) {
      assertThat(failure(() -> host.create("disk", image)))
          .hasMessageContaining("which the pool does not accept")
          .extracting(e -> e.reason())
          .isEqualTo(Reason.IMAGE_UNACCEPTABLE);
      assertThat(host.create("raw", raw).created()).isTrue();
    }
  }
}
