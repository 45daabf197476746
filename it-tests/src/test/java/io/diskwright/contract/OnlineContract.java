package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.diskwright.spi.backend.Flattening;
import io.diskwright.spi.backend.Resized;
import io.diskwright.spi.backend.SnapshotName;
import io.diskwright.spi.backend.Snapshots;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Disks that a machine has open. */
public abstract class OnlineContract extends Contract {
  private static final int SIZE = MIB;

  @Test
  @DisplayName("P12: a disk that a machine has open is not deleted")
  void aDiskInUseIsNotDeleted() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    create("web-1", cache(sample), SIZE);
    byte[] model = sample.paddedTo(SIZE);
    try (GuestDisk guest = attach("web-1")) {
      failure(Reason.IN_USE, () -> pool.delete(name("web-1"), call()));
      byte[] bytes = new byte[1000];
      random.nextBytes(bytes);
      guest.write(5000, ByteBuffer.wrap(bytes));
      System.arraycopy(bytes, 0, model, 5000, bytes.length);
      assertBytes(model, read(guest, 0, SIZE), "the disk that was to be deleted");
    }
    assertReads("web-1", model);
    assertTrue(pool.delete(name("web-1"), call()));
  }

  @Test
  @DisplayName("P12: growing a disk that a machine has open says what the machine must be told")
  void growingADiskInUse() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    create("web-1", cache(sample), SIZE);
    try (GuestDisk guest = attach("web-1")) {
      try {
        Resized resized = pool.resize(name("web-1"), 2 * SIZE, call());
        assertFalse(resized.machine().orElse("").isBlank(), "what it must be told");
        assertEquals(found("web-1").toString(), resized.disk().toString(), "as it is now");
      } catch (DiskException e) {
        assertTells(e);
        assertEquals(Reason.IN_USE, e.reason(), e.getMessage());
      }
      assertBytes(sample.paddedTo(SIZE), read(guest, 0, SIZE), "the disk in use");
    }
    Resized resized = pool.resize(name("web-1"), 2 * SIZE, call());
    assertEquals(2 * SIZE, resized.disk().size());
    assertEquals(Optional.empty(), resized.machine(), "the machine has ended");
    assertReads("web-1", sample.paddedTo(2 * SIZE));
  }

  @Test
  @DisplayName("P12: a disk that a machine has open is found, listed and attached as ever")
  void aDiskInUseIsFound() throws IOException {
    String record = createBlank("web-1", SIZE).disk().toString();
    try (GuestDisk guest = attach("web-1")) {
      assertEquals(seen(SIZE), guest.size());
      assertEquals(record, found("web-1").toString());
      assertEquals(1, listed().size());
      failure(Reason.ALREADY_EXISTS, () -> createBlank("web-1", SIZE));
      assertEquals(found("web-1").format(), pool.attachment(found("web-1"), call()).format());
    }
  }

  @Test
  @DisplayName("P4: a base serves on while machines have its disks open")
  void aBaseServesOn() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    var base = cache(sample);
    create("web-1", base, SIZE);
    try (GuestDisk guest = attach("web-1")) {
      guest.write(0, ByteBuffer.allocate(4096));
      create("web-2", base, SIZE);
      assertReads("web-2", sample.paddedTo(SIZE));
    }
  }

  @Test
  @DisplayName("P12: facets that need a disk to be offline refuse while a machine has it open")
  void facetsRefuse() throws IOException {
    create("web-1", cache(Sample.of(random, SIZE)), SIZE);
    Optional<Flattening> flattening = pool.facet(Flattening.class);
    Optional<Snapshots> snapshots = pool.facet(Snapshots.class);
    SnapshotName kept = new SnapshotName("kept");
    if (snapshots.isPresent()) {
      snapshots.get().create(name("web-1"), kept, call());
    }
    final byte[] before = read("web-1");
    try (GuestDisk guest = attach("web-1")) {
      if (flattening.isPresent()
          && !pool.users(pool.bases(call()).get(0).key(), call()).isEmpty()) {
        failure(Reason.IN_USE, () -> flattening.get().flatten(name("web-1"), call()));
      }
      if (snapshots.isPresent()) {
        failure(
            Reason.IN_USE,
            () -> snapshots.get().create(name("web-1"), new SnapshotName("s"), call()));
        failure(Reason.IN_USE, () -> snapshots.get().rollback(name("web-1"), kept, call()));
        failure(Reason.IN_USE, () -> snapshots.get().remove(name("web-1"), kept, call()));
        assertEquals(1, snapshots.get().list(name("web-1"), call()).size());
      }
      assertBytes(before, read(guest, 0, SIZE), "the disk in use");
    }
    if (snapshots.isPresent()) {
      assertTrue(snapshots.get().remove(name("web-1"), kept, call()));
    }
    if (flattening.isPresent()) {
      flattening.get().flatten(name("web-1"), call());
    }
    assertReads("web-1", before);
  }
}
