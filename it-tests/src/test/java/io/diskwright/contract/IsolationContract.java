package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.diskwright.spi.backend.BaseRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What machines write: that it is kept, and that nobody else sees it. */
public abstract class IsolationContract extends Contract {
  private static final int SIZE = 3 * MIB + 512;

  @Test
  @DisplayName("P4: disks of one base never see each other's writes, and the base stays as it is")
  void disksNeverSeeEachOthersWrites() throws IOException {
    Sample sample = Sample.of(random, 2 * MIB + 77);
    BaseRecord base = cache(sample);
    byte[][] models = new byte[3][];
    for (int disk = 0; disk < models.length; disk++) {
      create("web-" + disk, base, SIZE);
      models[disk] = sample.paddedTo(SIZE);
    }
    for (int round = 0; round < fixture.rounds(12); round++) {
      int disk = random.nextInt(models.length);
      int offset = random.nextInt(SIZE);
      int length = Math.min(SIZE - offset, 1 + random.nextInt(200_000));
      scribble("web-" + disk, models[disk], offset, length);
    }
    for (int disk = 0; disk < models.length; disk++) {
      assertReads("web-" + disk, models[disk]);
    }
    create("fresh", base, SIZE);
    assertReads("fresh", sample.paddedTo(SIZE));
  }

  @Test
  @DisplayName("P4: a disk stays whole when its siblings go")
  void aDiskStaysWholeWhenItsSiblingsGo() throws IOException {
    Sample sample = Sample.of(random, MIB);
    BaseRecord base = cache(sample);
    byte[] model = sample.paddedTo(SIZE);
    create("stays", base, SIZE);
    scribble("stays", model, 12_345, 600_000);
    for (int i = 0; i < 3; i++) {
      create("goes", base, SIZE);
      scribble("goes", sample.paddedTo(SIZE), 0, MIB);
      pool.delete(name("goes"), call());
      assertReads("stays", model);
    }
  }

  @Test
  @DisplayName("P5: both ends of a disk, and what lies behind the image, can be written")
  void bothEndsCanBeWritten() throws IOException {
    Sample sample = Sample.of(random, 512 * 777 + 1);
    byte[] model = sample.paddedTo(SIZE);
    create("web-1", cache(sample), SIZE);
    scribble("web-1", model, 0, 1);
    scribble("web-1", model, SIZE - 1, 1);
    scribble("web-1", model, sample.size() - 300, 1000);
    scribble("web-1", model, 2 * MIB - 1, 3);
    assertReads("web-1", model);
  }

  @Test
  @DisplayName("P5: nobody reads what a machine wrote to a disk that is gone")
  void nobodyReadsWhatAMachineWrote() throws IOException {
    byte[] model = new byte[SIZE];
    createBlank("before", SIZE);
    scribble("before", model, 0, SIZE);
    assertReads("before", model);
    pool.delete(name("before"), call());
    createBlank("after", SIZE);
    assertReads("after", new byte[SIZE]);
    Sample sample = Sample.of(random, MIB);
    create("from-base", cache(sample), SIZE);
    assertReads("from-base", sample.paddedTo(SIZE));
  }

  @Test
  @DisplayName("P6: a disk into which a machine writes another format's header stays what it is")
  void aHeaderThatAMachineWritesChangesNothing() throws IOException {
    byte[] model = new byte[SIZE];
    createBlank("web-1", SIZE);
    String record = found("web-1").toString();
    byte[] header = new byte[512];
    byte[] start = {'Q', 'F', 'I', (byte) 0xfb, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 11};
    System.arraycopy(start, 0, header, 0, start.length);
    header[23] = 16;
    header[28] = 1;
    byte[] name = "/etc/passwd".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(name, 0, header, 256, name.length);
    System.arraycopy(header, 0, model, 0, header.length);
    try (GuestDisk disk = attach("web-1")) {
      disk.write(0, ByteBuffer.wrap(header));
    }
    assertEquals(record, found("web-1").toString());
    assertReads("web-1", model);
  }
}
