package io.diskwright.core.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.core.fill.BlockChecksum;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.toolkit.os.FileContent;
import io.diskwright.toolkit.os.NativeFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written of a base reads as it does, and what is not just that is refused. */
class ExportTest {
  private static final int MIB = 1024 * 1024;
  private static final int SIZE = 9 * MIB + 512;
  private static final Random RANDOM = new Random(42);

  @TempDir Path folder;
  private final byte[] bytes = new byte[SIZE];
  private Path file;

  @BeforeEach
  void makeBase() throws IOException {
    file = folder.resolve("base");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      put(channel, 4096, 3 * MIB); // an offset that is none of a whole piece
      put(channel, 6 * MIB, 10);
      channel.write(ByteBuffer.allocate(1), SIZE - 1); // behind it is a hole
    }
  }

  private void put(FileChannel channel, int offset, int length) throws IOException {
    byte[] data = new byte[length];
    RANDOM.nextBytes(data);
    System.arraycopy(data, 0, bytes, offset, length);
    channel.write(ByteBuffer.wrap(data), offset);
  }

  private Content content() throws IOException {
    return new FileContent(NativeFile.openRead(file), SIZE, "read base");
  }

  private static Call call() {
    return Call.within(Duration.ofMinutes(1));
  }

  private BaseRecord record() throws IOException {
    Map<String, String> attributes = new TreeMap<>();
    attributes.put("key", "ab".repeat(32));
    attributes.put("storage-id", "base#1");
    attributes.put("format", DiskFormat.RAW.id());
    attributes.put("length", Integer.toString(SIZE));
    attributes.put("virtual-size", Integer.toString(SIZE));
    attributes.put("image", "glance:some=image");
    attributes.put("image-format", DiskFormat.QCOW2.id());
    attributes.put("verified", "sha256:" + "0".repeat(64) + ",inspected,rules-1");
    attributes.put("created", Instant.EPOCH.toString());
    try (Content content = content()) {
      attributes.put("checksum", BlockChecksum.of(content, "test", call()));
    }
    return BaseRecord.fromAttributes(attributes);
  }

  private byte[] exported() throws IOException {
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    export(target);
    return target.toByteArray();
  }

  private void export(OutputStream target) throws IOException {
    try (Content content = content()) {
      new BaseExport(new PoolName("pool"), record(), content, target, call()).run();
    }
  }

  private static byte[] readAll(byte[] exported) throws IOException {
    ExportReader reader = new ExportReader(new ByteArrayInputStream(exported));
    ByteBuffer all = ByteBuffer.allocate(SIZE + 1);
    while (true) {
      int most = 1 + RANDOM.nextInt(MIB);
      all.limit(Math.min(all.capacity(), all.position() + most));
      if (reader.read(all) < 0) {
        return Arrays.copyOf(all.array(), all.position());
      }
    }
  }

  @Test
  void itReadsAsTheBaseDoesAndHolesTakeNothing() throws IOException {
    byte[] exported = exported();

    BaseRecord theirs = new ExportReader(new ByteArrayInputStream(exported)).base();
    assertThat(theirs.attributes()).isEqualTo(record().attributes());
    assertThat(readAll(exported)).isEqualTo(bytes);
    assertThat(exported.length).isLessThan(4 * MIB);
  }

  @Test
  void whatIsDamagedOrCutAnywhereIsRefused() throws IOException {
    byte[] exported = exported();
    for (int i = 0; i < 60; i++) {
      int at = i < 20 ? exported.length - 1 - i * 3 : RANDOM.nextInt(exported.length);
      byte[] damaged = exported.clone();
      damaged[at] ^= (byte) (1 << RANDOM.nextInt(8));
      byte[] cut = Arrays.copyOf(exported, at);
      assertThat(catchThrowableOfType(IOException.class, () -> readAll(damaged)))
          .as("damaged at %d of %d", at, exported.length)
          .isNotNull();
      assertThat(catchThrowableOfType(IOException.class, () -> readAll(cut)))
          .as("cut at %d of %d", at, exported.length)
          .isNotNull();
    }
  }

  @Test
  void aRecordThatIsDamagedAnywhereIsRefused() throws IOException {
    byte[] exported = exported();
    int end = new String(exported, 0, 4096, StandardCharsets.ISO_8859_1).indexOf("\nend\n");
    for (int at = 0; at < end + 5; at++) {
      byte[] damaged = exported.clone();
      damaged[at] ^= (byte) (1 << RANDOM.nextInt(8));
      assertThat(catchThrowableOfType(IOException.class, () -> readAll(damaged)))
          .as("damaged at %d", at)
          .isNotNull();
    }
  }

  @Test
  void whatIsNoBaseIsRefusedAtOnce() {
    for (String text : new String[] {"<html>", "diskwright-base 2\n", ""}) {
      byte[] other = text.getBytes(StandardCharsets.UTF_8);
      assertThat(catchThrowableOfType(IOException.class, () -> readAll(other))).isNotNull();
    }
    byte[] endless = new byte[MIB];
    Arrays.fill(endless, (byte) 'a');
    byte[] first = BaseExport.FIRST_LINE.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(first, 0, endless, 0, first.length);
    assertThat(catchThrowableOfType(IOException.class, () -> readAll(endless)))
        .hasMessageContaining("longer than");
  }

  @Test
  void aBaseThatIsDamagedIsNotExportedWhole() throws IOException {
    BaseRecord record = record();
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    byte[] damage = {1};
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(damage), 8 * MIB);
    }

    DiskException failure =
        catchThrowableOfType(
            DiskException.class,
            () -> {
              try (Content content = content()) {
                new BaseExport(new PoolName("pool"), record, content, target, call()).run();
              }
            });

    assertThat(failure.reason()).isEqualTo(Reason.CORRUPT);
    byte[] written = target.toByteArray();
    assertThat(catchThrowableOfType(IOException.class, () -> readAll(written))).isNotNull();
  }

  @Test
  void whatIsNotTakenIsToldAsSuch() throws IOException {
    try (OutputStream full = Files.newOutputStream(Path.of("/dev/full"))) {
      DiskException failure = catchThrowableOfType(DiskException.class, () -> export(full));
      assertThat(failure.reason()).isEqualTo(Reason.IO_ERROR);
      assertThat(failure).hasMessageContaining("No space left");
    }
  }
}
