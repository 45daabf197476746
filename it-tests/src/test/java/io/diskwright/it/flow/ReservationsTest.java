package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.failure;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.lock.HostLocks;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.NoSpaceException;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.pool.Reservation;
import io.diskwright.toolkit.pool.Reservations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is reserved counts while its maker lives and its target has not taken it. */
class ReservationsTest {
  /** The byte by which who reserves shows that it lives; part of the pool's layout. */
  private static final long LIVE_BYTE = 1L << 62;

  @TempDir Path folder = Path.of("");
  private final Disk disk = new Disk();
  private LockManager locks;
  private Reservations reservations;

  /** A storage of a thousand bytes. */
  private static final class Disk implements Reservations.Storage {
    private final Map<String, Long> taken = new HashMap<>();
    private int looksUntilRemoved = -1;

    @Override
    public long free() {
      if (looksUntilRemoved >= 0 && looksUntilRemoved-- == 0) {
        taken.remove("removed");
      }
      return 1000 - taken.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public long taken(String target) {
      return taken.getOrDefault(target, 0L);
    }
  }

  @BeforeEach
  void open() throws IOException {
    locks = HostLocks.of(folder.resolve("locks"));
    reservations = reservations(100);
  }

  private Reservations reservations(long keepFree) throws IOException {
    Path space = Files.createDirectories(folder.resolve("space"));
    return new Reservations(space, locks, disk, keepFree);
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(reservations.sweep()).isEmpty();
    assertThat(folder.resolve("space")).isEmptyDirectory();
    locks.close();
  }

  private void assertRoomFor(long bytes) throws IOException {
    reservations.reserve("next", bytes, call()).close();
    DiskException failure = failure(() -> reservations.reserve("next", bytes + 1, call()));
    assertThat(failure).isInstanceOf(NoSpaceException.class);
    assertThat(failure)
        .hasMessageContaining("needs %d bytes", bytes + 1)
        .hasMessageContaining("of %d that are free", disk.free())
        .hasMessageContaining("%d are reserved by others", reservations.reserved())
        .hasMessageContaining("100 are kept free");
    assertThat(failure.remedy()).hasValueSatisfying(text -> assertThat(text).contains("keep-free"));
  }

  @Test
  void allButWhatIsKeptFreeCanBeReserved() throws IOException {
    assertRoomFor(900);
  }

  @Test
  void whatIsReservedIsGivenOnce() throws IOException {
    Reservation one = reservations.reserve("one", 300, call());
    assertRoomFor(600);
    Reservation two = reservations.reserve("two", 500, call());
    assertRoomFor(100);
    one.close();
    assertThat(reservations.reserved()).isEqualTo(500);
    assertRoomFor(400);
    two.close();
    two.close();
    assertRoomFor(900);
  }

  @Test
  void whatATargetTakesIsNotCountedTwice() throws IOException {
    Reservation one = reservations.reserve("one", 300, call());
    disk.taken.put("one", 200L);
    assertThat(reservations.reserved()).isEqualTo(100);
    assertRoomFor(600);
    disk.taken.put("one", 350L); // more than it thought
    assertThat(reservations.reserved()).isZero();
    assertRoomFor(550);
    one.close();
    assertRoomFor(550);
  }

  @Test
  void whereLessIsFreeThanIsKeptThereIsNoRoom() throws IOException {
    disk.taken.put("somebody", 950L);

    assertThat(failure(() -> reservations.reserve("one", 1, call())))
        .isInstanceOf(NoSpaceException.class);
    assertThat(failure(() -> reservations(Long.MAX_VALUE).reserve("one", 1, call())))
        .isInstanceOf(NoSpaceException.class);
    assertThat(failure(() -> reservations.reserve("one", Long.MAX_VALUE, call())))
        .isInstanceOf(NoSpaceException.class);
  }

  @Test
  void whatIsFreeAMomentLaterIsWaitedFor() throws IOException {
    disk.taken.put("removed", 900L);
    disk.looksUntilRemoved = 3;

    reservations.reserve("one", 500, call()).close();

    assertThat(disk.free()).isEqualTo(1000);
  }

  private Path leave(String name, String text) throws IOException {
    return Files.writeString(folder.resolve("space").resolve(name), text);
  }

  @Test
  void whatAKilledProcessHadReservedDoesNotCountAndIsSwept() throws IOException {
    leave("reserved.0123456789abcdef.space", "800 one");
    leave("reserved.0123456789abcde0.space", "");
    assertThat(reservations.reserved()).isZero();

    assertRoomFor(900);

    assertThat(folder.resolve("space")).isEmptyDirectory();
    Path dead = leave("reserved.0123456789abcdef.space", "800 one");
    assertThat(reservations.sweep()).containsExactly(dead.toString());
  }

  @Test
  void whatAnotherProcessHasReservedCountsAndStays() throws IOException {
    Path other = leave("reserved.0123456789abcdef.space", "");
    try (NativeFile file = NativeFile.openWrite(other)) {
      assertThat(file.tryLock(LIVE_BYTE, 1, true)).isTrue();
      assertRoomFor(900); // it is just being written
      file.write(0, ByteBuffer.wrap("800 one two".getBytes(UTF_8)));
      assertRoomFor(100);
      disk.taken.put("one two", 500L);
      assertRoomFor(100);
      assertThat(reservations.sweep()).isEmpty();
      assertThat(other).exists();
    }
    assertRoomFor(400);
  }
}
