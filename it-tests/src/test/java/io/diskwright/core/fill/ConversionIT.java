package io.diskwright.core.fill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.core.inspect.ImageInspector;
import io.diskwright.core.inspect.InspectionRules;
import io.diskwright.core.inspect.Verdict;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.Sink;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Image;
import io.diskwright.toolkit.os.FileContent;
import io.diskwright.toolkit.os.NativeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images of every foreign format, into a file and into storage without files. */
class ConversionIT {
  private static final long SIZE = 70 << 20;
  private static final Image IMAGE = Image.builder("file", "image").build();
  private static final FillLimits LIMITS =
      new FillLimits(
          Duration.ofMinutes(2), Duration.ofMinutes(1), 1, Optional.empty(), true, Long.MAX_VALUE);

  @TempDir Path folder;

  @AfterEach
  void nothingRunsAnyMore() {
    assertThat(ProcessHandle.current().descendants()).isEmpty();
  }

  /** A new file as a sink, whose path is told or not. */
  private record FileSink(NativeFile file, long size, boolean readsAsZero, boolean tellsPath)
      implements Sink {
    @Override
    public void reserve(long bytes, Call call) {}

    @Override
    public void write(long offset, ByteBuffer source) throws DiskException {
      try {
        file.write(offset, source);
      } catch (IOException e) {
        throw DiskException.of(Reason.IO_ERROR, "write").cause(e).build();
      }
    }

    @Override
    public void zero(long offset, long length) throws DiskException {
      write(offset, ByteBuffer.allocate((int) length));
    }

    @Override
    public void flush() {}

    @Override
    public Optional<Path> path() {
      return tellsPath ? Optional.of(file.path()) : Optional.empty();
    }
  }

  private static Call call() {
    return Call.within(Duration.ofMinutes(2));
  }

  private Path convert(DiskFormat from, Path image, long size, boolean asFile, boolean zeros)
      throws IOException {
    Path target = folder.resolve("target-%s-%s".formatted(asFile, zeros));
    try (NativeFile file = NativeFile.createNew(target, 0600);
        NativeFile source = NativeFile.openRead(image)) {
      if (!zeros) {
        byte[] old = new byte[(int) size];
        Arrays.fill(old, (byte) 0xdd);
        file.write(0, ByteBuffer.wrap(old));
      }
      file.truncate(size);
      FileSink sink = new FileSink(file, size, zeros, asFile);
      FileContent content = new FileContent(source, Files.size(image), "read");
      Verdict verdict = inspect(content, from);
      Conversion conversion = new Conversion(IMAGE, content, verdict, LIMITS, call());
      if (asFile) {
        assertThat(Conversion.writesFile(sink)).isTrue();
        conversion.into(sink);
      } else {
        assertThat(Conversion.writesFile(sink)).isFalse();
        BlockChecksum checksum = new BlockChecksum();
        conversion.copyInto(sink, checksum);
        assertThat(checksum.end(size)).isEqualTo(checksumOf(file, size));
      }
    }
    return target;
  }

  private static Verdict inspect(FileContent content, DiskFormat from) throws DiskException {
    InspectionRules rules = InspectionRules.all(Long.MAX_VALUE);
    Verdict found =
        new ImageInspector().inspectWithTables(content, Optional.of(from), rules, call());
    return new Verdict( // also of what is damaged, for how the tool takes that
        from.id(),
        Optional.of(from),
        found.virtualSize(),
        found.allocatedBytes(),
        List.of(),
        found.features());
  }

  private static String checksumOf(NativeFile file, long size) throws DiskException {
    return BlockChecksum.of(new FileContent(file, size, "read"), "check", call());
  }

  private Path image(Path raw, String qemuFormat, String options) throws Exception {
    Path image = folder.resolve("image");
    List<Object> arguments = new ArrayList<>(List.of("convert", "-f", "raw", "-O", qemuFormat));
    arguments.addAll(List.of(options.split(" ", -1)));
    arguments.removeIf(""::equals);
    arguments.addAll(List.of(raw, image));
    Tools.run("qemu-img", arguments.toArray());
    return image;
  }

  @ParameterizedTest
  @CsvSource({
    "VMDK, vmdk, -o subformat=streamOptimized",
    "VMDK, vmdk, -o subformat=monolithicSparse",
    "VHD, vpc, '-o subformat=dynamic,force_size=on'",
    "VHD, vpc, '-o subformat=fixed,force_size=on'",
    "VHDX, vhdx, -o subformat=dynamic",
    "VHDX, vhdx, -o subformat=fixed",
    "VDI, vdi, ''",
    "VDI, vdi, -o static=on",
    "QCOW2, qcow2, ''",
    "QCOW2, qcow2, -c",
    "QCOW2, qcow2, -c -o compression_type=zstd",
    "QCOW2, qcow2, -o compat=0.10",
    "QCOW2, qcow2, -o cluster_size=512",
    "QCOW2, qcow2, -o cluster_size=2M",
    "QCOW2, qcow2, -o preallocation=metadata",
    "QCOW2, qcow2, -o extended_l2=on"
  })
  void itReadsTheSame(DiskFormat format, String qemuFormat, String options) throws Exception {
    Path raw = Images.raw(folder.resolve("raw"), 7, SIZE);
    Path image = image(raw, qemuFormat, options);

    for (boolean asFile : new boolean[] {true, false}) {
      for (boolean zeros : new boolean[] {true, false}) {
        Path target = convert(format, image, SIZE, asFile, zeros);
        assertThat(Files.mismatch(target, raw)).isEqualTo(-1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatTheToolCannotReadItSays(boolean asFile) throws Exception {
    Path image = Files.write(folder.resolve("image"), new byte[4096]);

    DiskException failure =
        catchThrowableOfType(
            DiskException.class, () -> convert(DiskFormat.VMDK, image, 4096, asFile, true));

    assertThat(failure.reason()).isEqualTo(Reason.IO_ERROR);
    assertThat(failure).hasMessageContaining("open '/image'");
    assertThat(failure.resource()).hasValue("file:image");
  }

  @Test
  void aBackingFileIsOutOfReach() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "s".repeat(4096));
    Path image = folder.resolve("image");
    Tools.run(
        "qemu-img", "create", "-f", "qcow2", "-b", secret, "-F", "raw", image, Long.toString(SIZE));

    for (boolean asFile : new boolean[] {true, false}) {
      DiskException failure =
          catchThrowableOfType(
              DiskException.class, () -> convert(DiskFormat.QCOW2, image, SIZE, asFile, true));

      assertThat(failure).hasMessageContaining("No such file or directory");
    }
  }

  @ParameterizedTest
  @CsvSource({"'', and now it has", "-c, and qemu-nbd sees"})
  void anotherSizeThanInspectionFoundIsRefused(String options, String said) throws Exception {
    Path raw = Images.raw(folder.resolve("raw"), 7, SIZE);
    Path image = image(raw, "qcow2", options);

    DiskException failure =
        catchThrowableOfType(
            DiskException.class, () -> convert(DiskFormat.QCOW2, image, SIZE + 4096, false, true));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContaining(said);
  }
}
