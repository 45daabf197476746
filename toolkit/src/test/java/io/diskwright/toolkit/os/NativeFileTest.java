package io.diskwright.toolkit.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The calls that Java's own channels lack do what the operating system promises. */
class NativeFileTest {
  private static final int MIB = 1024 * 1024;

  @TempDir Path folder;

  private Path path(String name) {
    return folder.resolve(name);
  }

  private static int errno(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(OsException.class, call).errno();
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 511, 262_144, 262_145, 3_000_001})
  void whatIsWrittenIsRead(int length) throws IOException {
    byte[] bytes = random(length, length);
    try (NativeFile file = NativeFile.createNew(path("a"), 0600)) {
      file.write(0, ByteBuffer.wrap(bytes));
      file.write(7 + length, direct(bytes));
      file.write(7 + 2L * length, ByteBuffer.wrap(bytes).asReadOnlyBuffer());

      assertRead(file, 0, bytes, ByteBuffer.allocate(length));
      assertRead(file, 7 + length, bytes, ByteBuffer.allocateDirect(length));
      assertRead(file, 7 + 2L * length, bytes, ByteBuffer.allocate(length));
    }
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  private static void assertRead(NativeFile file, long offset, byte[] bytes, ByteBuffer target)
      throws IOException {
    assertThat(file.read(offset, target)).isEqualTo(bytes.length);
    assertThat(target.hasRemaining()).isFalse();
    assertThat(target.flip().mismatch(ByteBuffer.wrap(bytes))).isNegative();
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void onlyTheBuffersRangeIsUsed(boolean direct) throws IOException {
    ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(30) : ByteBuffer.allocate(30);
    buffer.put(random(1, 30)).position(10).limit(20);
    try (NativeFile file = NativeFile.createNew(path("a"), 0600)) {
      file.write(0, buffer);
      assertThat(buffer.position()).isEqualTo(20);
      assertThat(file.stat().size()).isEqualTo(10);

      buffer.clear().position(5).limit(10);
      assertThat(file.read(3, buffer)).isEqualTo(5);
      assertThat(buffer.position()).isEqualTo(10);
      assertThat(buffer.clear().slice(5, 5)).isEqualTo(ByteBuffer.wrap(random(1, 30), 13, 5));
    }
  }

  @Test
  void readingEndsWithTheFile() throws IOException {
    Files.write(path("a"), random(1, 10));
    try (NativeFile file = NativeFile.openRead(path("a"))) {
      assertThat(file.read(4, ByteBuffer.allocate(100))).isEqualTo(6);
      assertThat(file.read(10, ByteBuffer.allocate(100))).isZero();
      assertThat(file.read(1000, ByteBuffer.allocateDirect(100))).isZero();
    }
  }

  @Test
  void offsetsMayBeFarBehind4Gib() throws IOException {
    long far = 5L << 32;
    try (NativeFile file = NativeFile.createNew(path("a"), 0600)) {
      file.write(far, ByteBuffer.wrap(random(2, 100)));

      assertThat(file.stat().size()).isEqualTo(far + 100);
      assertThat(file.nextData(0).orElseThrow()).isGreaterThan(far - MIB);
      assertRead(file, far, random(2, 100), ByteBuffer.allocate(100));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "with space", "käse-日本-🧀", "'quoted'\"", "new\nline", "-x"})
  void namesMayBeOdd(String name) throws IOException {
    try (NativeFile file = NativeFile.createNew(path(name), 0640)) {
      file.write(0, ByteBuffer.wrap(new byte[] {1}));
    }

    assertThat(path(name)).hasBinaryContent(new byte[] {1});
  }

  @Test
  void aNewFileIsNotAnOldOne() throws IOException {
    Files.writeString(path("a"), "precious");

    assertThat(errno(() -> NativeFile.createNew(path("a"), 0600))).isEqualTo(Errno.EEXIST);
    assertThat(path("a")).hasContent("precious");
  }

  @Test
  void whatIsNotThereCannotBeOpened() {
    assertThat(errno(() -> NativeFile.openRead(path("no")))).isEqualTo(Errno.ENOENT);
    assertThat(errno(() -> NativeFile.openWrite(path("no")))).isEqualTo(Errno.ENOENT);
    assertThat(errno(() -> NativeFile.openOrCreate(path("no/no"), 0600))).isEqualTo(Errno.ENOENT);
  }

  @Test
  void aFailureNamesTheCallAndTheFile() {
    assertThat(catchThrowableOfType(OsException.class, () -> NativeFile.openRead(path("no"))))
        .hasMessage("open %s: No such file or directory", path("no"));
  }

  @Test
  void itIsOpenOnlyOnce() throws IOException {
    NativeFile file = NativeFile.openOrCreate(path("a"), 0600);
    file.close();
    file.close();

    assertThatIllegalStateException().isThrownBy(() -> file.truncate(1));
    assertThatIllegalStateException().isThrownBy(() -> file.read(0, ByteBuffer.allocate(1)));
    assertThatIllegalStateException().isThrownBy(file::stat);
  }

  @Test
  void renamingGivesTheOtherName() throws IOException {
    Files.writeString(path("a"), "content");

    NativeFile.renameNoReplace(path("a"), path("b"));

    assertThat(path("a")).doesNotExist();
    assertThat(path("b")).hasContent("content");
  }

  @Test
  void renamingNeverReplaces() throws IOException {
    Files.writeString(path("a"), "new");
    Files.writeString(path("b"), "old");

    assertThat(errno(() -> NativeFile.renameNoReplace(path("a"), path("b"))))
        .isEqualTo(Errno.EEXIST);
    assertThat(path("a")).hasContent("new");
    assertThat(path("b")).hasContent("old");
  }

  @Test
  void renamingWhatIsNotThereFails() {
    assertThat(errno(() -> NativeFile.renameNoReplace(path("a"), path("b"))))
        .isEqualTo(Errno.ENOENT);
  }

  @Test
  void bothWaysOfAskingTellTheSame() throws IOException {
    Files.write(path("a"), random(3, 12345));
    Files.createLink(path("b"), path("a"));
    try (NativeFile file = NativeFile.openRead(path("a"))) {
      assertThat(file.stat()).isEqualTo(FileStat.of(path("b")));
      assertThat(file.stat().links()).isEqualTo(2);
      assertThat(file.stat().regular()).isTrue();
      assertThat(file.stat().size()).isEqualTo(12345);
    }
  }

  @Test
  void aFolderIsNoRegularFile() throws IOException {
    try (NativeFile file = NativeFile.openRead(folder)) {
      assertThat(file.stat().regular()).isFalse();
      assertThat(file.stat()).isEqualTo(FileStat.of(folder));
    }
  }

  @Test
  void whatIsNotThereHasNoStat() {
    assertThat(catchThrowableOfType(NoSuchFileException.class, () -> FileStat.of(path("no"))))
        .isNotNull();
  }

  @Test
  void holesAndDataAreFound() throws IOException {
    try (NativeFile file = NativeFile.createNew(path("a"), 0600)) {
      file.truncate(10 * MIB);
      assertThat(file.nextData(0)).isEmpty();
      assertThat(file.nextHole(0)).hasValue(0);

      file.write(4 * MIB, ByteBuffer.wrap(random(4, MIB)));

      assertThat(file.nextData(0)).hasValue(4 * MIB);
      assertThat(file.nextHole(4 * MIB)).hasValue(5 * MIB);
      assertThat(file.nextData(5 * MIB)).isEmpty();
      assertThat(file.nextHole(10 * MIB)).isEmpty();
    }
  }

  @Test
  void aPunchedHoleReadsAsZeros() throws IOException {
    try (NativeFile file = NativeFile.createNew(path("a"), 0600)) {
      file.write(0, ByteBuffer.wrap(random(5, 3 * MIB)));

      assertThat(file.punchHole(MIB, MIB)).isTrue();

      assertRead(file, MIB, new byte[MIB], ByteBuffer.allocate(MIB));
      assertThat(file.stat().size()).isEqualTo(3 * MIB);
      assertThat(file.nextHole(0)).hasValue(MIB);
    }
  }

  @Test
  void allocatedStorageReadsAsZerosAndKeepsWhatIsThere() throws IOException {
    try (NativeFile file = NativeFile.createNew(path("a"), 0600)) {
      file.write(0, ByteBuffer.wrap(random(6, 100)));

      file.allocate(0, MIB);

      assertThat(file.stat().size()).isEqualTo(MIB);
      assertRead(file, 0, random(6, 100), ByteBuffer.allocate(100));
      assertRead(file, 100, new byte[MIB - 100], ByteBuffer.allocate(MIB - 100));
    }
  }

  @Test
  void aRangeIsCopiedInsideTheKernelUntilTheSourceEnds() throws IOException {
    Files.write(path("a"), random(7, 5000));
    try (NativeFile source = NativeFile.openRead(path("a"));
        NativeFile target = NativeFile.createNew(path("b"), 0600)) {
      assertThat(target.copyRangeFrom(source, 1000, 200, 10_000)).isEqualTo(4000);
      assertThat(target.copyRangeFrom(source, 5000, 4200, 100)).isZero();
    }

    byte[] copied = Files.readAllBytes(path("b"));
    assertThat(copied).hasSize(4200);
    assertThat(ByteBuffer.wrap(copied, 200, 4000))
        .isEqualTo(ByteBuffer.wrap(random(7, 5000), 1000, 4000));
  }

  @Test
  void sharingBlocksWorksOrChangesNothing() throws IOException {
    Files.write(path("a"), random(8, MIB));
    try (NativeFile source = NativeFile.openRead(path("a"));
        NativeFile target = NativeFile.createNew(path("b"), 0600)) {
      boolean can = target.canReflink();

      assertThat(target.reflinkFrom(source)).isEqualTo(can);
      assertThat(target.stat().size()).isEqualTo(can ? MIB : 0);
    }
  }

  @Test
  void askingWhetherBlocksCanBeSharedChangesNothing() throws IOException {
    Files.write(path("a"), random(9, 5000));
    try (NativeFile file = NativeFile.openWrite(path("a"))) {
      boolean unused = file.canReflink();
    }

    assertThat(path("a")).hasBinaryContent(random(9, 5000));
  }

  @Test
  void locksOfTwoOpensExcludeEachOther() throws IOException {
    try (NativeFile one = NativeFile.openOrCreate(path("a"), 0600);
        NativeFile two = NativeFile.openOrCreate(path("a"), 0600)) {
      assertThat(one.tryLock(5, 1, true)).isTrue();

      assertThat(two.tryLock(5, 1, true)).isFalse();
      assertThat(two.tryLock(5, 1, false)).isFalse();
      assertThat(two.tryLock(6, 1, true)).isTrue();
      assertThat(two.isLockedByOthers(0, 6)).isTrue();
      assertThat(two.isLockedByOthers(0, 5)).isFalse();
      assertThat(one.isLockedByOthers(5, 1)).isFalse();

      one.unlock(5, 1);
      assertThat(two.tryLock(5, 1, true)).isTrue();
    }
  }

  @Test
  void sharedLocksAdmitEachOther() throws IOException {
    try (NativeFile one = NativeFile.openOrCreate(path("a"), 0600);
        NativeFile two = NativeFile.openOrCreate(path("a"), 0600)) {
      assertThat(one.tryLock(Long.MAX_VALUE - 1, 1, false)).isTrue();
      assertThat(two.tryLock(Long.MAX_VALUE - 1, 1, false)).isTrue();
      assertThat(two.tryLock(Long.MAX_VALUE - 1, 1, true)).isFalse();
    }
  }

  @Test
  void closingAnotherOpenGivesNothingBack() throws IOException {
    try (NativeFile one = NativeFile.openOrCreate(path("a"), 0600);
        NativeFile two = NativeFile.openOrCreate(path("a"), 0600)) {
      assertThat(one.tryLock(0, 1, true)).isTrue();
      NativeFile.openRead(path("a")).close();

      assertThat(two.tryLock(0, 1, true)).isFalse();
    }
  }

  @Test
  void closingGivesItsOwnLocksBack() throws IOException {
    try (NativeFile two = NativeFile.openOrCreate(path("a"), 0600)) {
      try (NativeFile one = NativeFile.openOrCreate(path("a"), 0600)) {
        assertThat(one.tryLock(0, 1, true)).isTrue();
      }

      assertThat(two.tryLock(0, 1, true)).isTrue();
    }
  }

  @Test
  void anInterruptDoesNothingToIt() throws IOException {
    try (NativeFile file = NativeFile.openOrCreate(path("a"), 0600)) {
      Thread.currentThread().interrupt();
      try {
        file.write(0, ByteBuffer.wrap(random(10, MIB)));
        assertRead(file, 0, random(10, MIB), ByteBuffer.allocate(MIB));
      } finally {
        assertThat(Thread.interrupted()).isTrue();
      }
    }
  }

  @Test
  void qemusLocksTellThatADiskIsOpen() throws IOException {
    try (NativeFile qemu = NativeFile.openOrCreate(path("a"), 0600)) {
      assertThat(QemuImageLocks.isOpen(path("a"))).isFalse();
      assertThat(qemu.tryLock(1L << 62, 1, true)).isTrue();
      assertThat(QemuImageLocks.isOpen(path("a"))).as("an attempt's lock is none").isFalse();

      for (long lock : new long[] {100, 103, 163, 200, 201, 263}) {
        assertThat(qemu.tryLock(lock, 1, false)).isTrue();
        assertThat(QemuImageLocks.isOpen(path("a"))).as("lock on %d", lock).isTrue();
        qemu.unlock(lock, 1);
      }
      assertThat(QemuImageLocks.isOpen(path("a"))).isFalse();
    }
  }

  @Test
  void qemusLocksAreTakenByOneAtATime() throws IOException {
    NativeFile.openOrCreate(path("a"), 0600).close();
    try (QemuImageLocks ours = QemuImageLocks.take(path("a")).orElseThrow()) {
      assertThat(ours).isNotNull();
      assertThat(QemuImageLocks.isOpen(path("a"))).isTrue();
      assertThat(QemuImageLocks.take(path("a"))).isEmpty();
    }
    assertThat(QemuImageLocks.isOpen(path("a"))).isFalse();
    try (NativeFile qemu = NativeFile.openRead(path("a"))) {
      assertThat(qemu.tryLock(201, 1, false)).isTrue();
      assertThat(QemuImageLocks.take(path("a"))).isEmpty();
    }
    QemuImageLocks.take(path("a")).orElseThrow().close();
  }
}
