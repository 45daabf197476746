package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.BaseRequest;
import io.diskwright.spi.backend.Created;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.backend.Facet;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Image;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/** What all areas share: a fresh pool for each test, and the words in which the tests are told. */
@ExtendWith(Seed.class)
public abstract class Contract {
  /** Bytes in a kibibyte. */
  static final int KIB = 1024;

  /** Bytes in a mebibyte. */
  static final int MIB = 1024 * KIB;

  /** The random numbers of this test. */
  final Random random = Seed.random();

  /** The storage of this test. */
  ContractFixture fixture;

  /** The opened pool. */
  ImageBackend pool;

  /** Returns fresh, empty storage. */
  protected abstract ContractFixture fixture() throws IOException;

  @BeforeEach
  final void openPool() throws IOException {
    fixture = fixture();
    pool = fixture.open();
  }

  @AfterEach
  final void closePool() throws IOException {
    if (fixture == null) {
      return;
    }
    try (ContractFixture closing = fixture) {
      if (pool != null) {
        pool.close();
      }
      assertEquals(List.of(), closing.strays(), "nothing lies on the storage without a record");
    }
  }

  final Call call() {
    return Call.within(fixture.patience());
  }

  static DiskName name(String name) {
    return new DiskName(name);
  }

  final BaseKey newKey() {
    StringBuilder digits = new StringBuilder();
    while (digits.length() < 64) {
      digits.append("%016x".formatted(random.nextLong()));
    }
    return new BaseKey(digits.toString());
  }

  static BaseRequest baseRequest(BaseKey key, long size) {
    Image image =
        Image.builder("contract", "image of " + size)
            .validator("v1")
            .format(DiskFormat.RAW)
            .build();
    return BaseRequest.of(key, image, DiskFormat.RAW, size, size);
  }

  static DiskRequest diskRequest(String name, long size) {
    return DiskRequest.builder(name(name), size).build();
  }

  final BaseRecord cache(Sample sample) throws DiskException {
    return pool.cache(baseRequest(newKey(), sample.size()), new SampleFill(sample), call());
  }

  final Created create(String name, BaseRecord base, long size) throws DiskException {
    return pool.createImage(diskRequest(name, size), base, call());
  }

  final Created createBlank(String name, long size) throws DiskException {
    return pool.createBlank(diskRequest(name, size), call());
  }

  /** Returns the smallest size that a disk may have and that holds this many bytes. */
  static long sectors(long bytes) {
    return (bytes + 511) / 512 * 512;
  }

  final DiskRecord found(String name) throws DiskException {
    return pool.find(name(name), call()).orElseGet(() -> fail("disk '" + name + "' is not found"));
  }

  final List<String> listed() throws DiskException {
    return names(pool.list(call()));
  }

  static List<String> names(List<DiskRecord> disks) {
    return disks.stream().map(disk -> disk.name().value()).toList();
  }

  final GuestDisk attach(String name) throws IOException {
    return fixture.attach(pool.attachment(found(name), call()));
  }

  /** Returns how large a machine sees a disk of a size. */
  final long seen(long size) {
    long unit = fixture.sizeUnit();
    return (size + unit - 1) / unit * unit;
  }

  /** Reads all of a disk as a machine would, which sees zeros beyond the disk's size. */
  final byte[] read(String name) throws IOException {
    int size = Math.toIntExact(found(name).size());
    try (GuestDisk disk = attach(name)) {
      assertEquals(seen(size), disk.size(), "what a machine sees of " + name);
      int beyond = Math.toIntExact(disk.size() - size);
      assertZeros(read(disk, size, beyond), "what is beyond the end of " + name);
      return read(disk, 0, size);
    }
  }

  static byte[] read(GuestDisk disk, long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    ByteBuffer target = ByteBuffer.wrap(bytes);
    disk.read(offset, target);
    assertFalse(target.hasRemaining(), "the fixture must read all that was asked");
    return bytes;
  }

  /** Writes random bytes to a disk as a machine would, and puts them into the model of it. */
  final void scribble(String name, byte[] model, long offset, int length) throws IOException {
    try (GuestDisk disk = attach(name)) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      disk.write(offset, ByteBuffer.wrap(bytes));
      System.arraycopy(bytes, 0, model, Math.toIntExact(offset), length);
    }
  }

  final void assertReads(String name, byte[] expected) throws IOException {
    assertBytes(expected, read(name), "disk '" + name + "'");
    assertEquals(expected.length, found(name).size(), "the size in the record of " + name);
  }

  static void assertBytes(byte[] expected, byte[] actual, String what) {
    int mismatch = Arrays.mismatch(expected, actual);
    assertTrue(
        mismatch < 0,
        () ->
            "%s reads differently from byte %d on; expected %d bytes, read %d"
                .formatted(what, mismatch, expected.length, actual.length));
  }

  static void assertZeros(byte[] actual, String what) {
    assertBytes(new byte[actual.length], actual, what);
  }

  final <F extends Facet> F facet(Class<F> type) {
    return pool.facet(type).orElseGet(() -> fail(type.getSimpleName() + " is not handed out"));
  }

  /** Runs what must fail, and checks that the failure says all that promise P11 asks for. */
  final DiskException failure(Reason reason, Executable tried) {
    DiskException failure = assertThrows(DiskException.class, tried);
    assertEquals(reason, failure.reason(), failure.getMessage());
    assertTells(failure);
    return failure;
  }

  final void assertTells(DiskException failure) {
    String message = failure.getMessage();
    assertAll(
        () -> assertTrue(failure.pool().isPresent(), "no pool in: " + message),
        () -> assertTrue(failure.resource().isPresent(), "no resource in: " + message),
        () -> assertFalse(failure.detail().isBlank(), "not what the storage said in: " + message),
        () -> assertFalse(failure.remedy().orElse("").isBlank(), "no remedy in: " + message),
        () -> assertTrue(message.startsWith("cannot "), "not what was tried in: " + message),
        () -> assertNoSecrets(failure));
  }

  private void assertNoSecrets(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      for (String secret : fixture.secrets()) {
        assertFalse(at.toString().contains(secret), "a secret is in a message");
      }
    }
  }
}
