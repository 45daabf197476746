package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.Extraction;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The facet {@link Extraction}. */
public abstract class ExtractionContract extends Contract {
  private static final int SIZE = 2 * MIB;

  /** A folder that has nothing to do with the pool. */
  @TempDir Path folder;

  private void extract(String disk, DiskFormat format, Path target) throws IOException {
    facet(Extraction.class).extract(name(disk), format, target, call());
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  @DisplayName("P5: an extracted disk is a file with the disk's bytes that depends on nothing")
  void anExtractedDisk() throws IOException {
    Sample sample = Sample.of(random, MIB + 1);
    var base = cache(sample);
    create("web-1", base, SIZE);
    byte[] model = sample.paddedTo(SIZE);
    scribble("web-1", model, 123_456, 345_678);
    Path target = folder.resolve("out put,=.raw");
    extract("web-1", DiskFormat.RAW, target);
    assertBytes(model, Files.readAllBytes(target), "the file");
    assertEquals(List.of(target), files());
    pool.delete(name("web-1"), call());
    pool.evict(base.key(), call());
    assertBytes(model, Files.readAllBytes(target), "the file, alone");
  }

  @Test
  @DisplayName("P2: a file that is there is never replaced")
  void aFileThatIsThereIsNeverReplaced() throws IOException {
    createBlank("web-1", SIZE);
    Path target = folder.resolve("taken");
    Files.write(target, new byte[] {1, 2, 3});
    failure(Reason.ALREADY_EXISTS, () -> extract("web-1", DiskFormat.RAW, target));
    assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(target));
    assertEquals(List.of(target), files());
  }

  @Test
  @DisplayName("P10: what cannot be extracted leaves no file")
  void whatCannotBeExtracted() throws IOException {
    createBlank("web-1", SIZE);
    Path target = folder.resolve("out");
    failure(Reason.NOT_FOUND, () -> extract("nobody", DiskFormat.RAW, target));
    failure(Reason.UNSUPPORTED, () -> extract("web-1", DiskFormat.VMDK, target));
    failure(
        Reason.NOT_FOUND, () -> extract("web-1", DiskFormat.RAW, folder.resolve("no/such/folder")));
    assertEquals(List.of(), files());
  }

  @Test
  @DisplayName("P12: a disk that a machine has open is not extracted, nor any after close")
  void aDiskInUseIsNotExtracted() throws IOException {
    createBlank("web-1", SIZE);
    Path target = folder.resolve("out");
    Extraction extraction = facet(Extraction.class);
    try (GuestDisk guest = attach("web-1")) {
      assertEquals(seen(SIZE), guest.size());
      failure(Reason.IN_USE, () -> extract("web-1", DiskFormat.RAW, target));
    }
    pool.close();
    assertThrows(
        IllegalStateException.class,
        () -> extraction.extract(name("web-1"), DiskFormat.RAW, target, call()));
    assertFalse(Files.exists(target));
  }
}
