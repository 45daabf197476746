package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.Fill;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Space that fills reserve, and space that is kept free. */
public abstract class SpaceContract extends Contract {
  private static final int SIZE = MIB;

  /** Reserves so much, then does what else there is to do. */
  private Fill reserving(long bytes, Fill then) {
    return sink -> {
      sink.reserve(bytes, call());
      return then.into(sink);
    };
  }

  private Fill sample() {
    return new SampleFill(Sample.of(random, SIZE));
  }

  private BaseRecord cache(ImageBackend instance, Fill fill) throws DiskException {
    return instance.cache(baseRequest(newKey(), SIZE), fill, call());
  }

  /** Returns more than half of what is free: so much cannot be there twice. */
  private long most() throws IOException {
    return fixture.baseSpace(pool, call()).free() / 10 * 6;
  }

  @Test
  @DisplayName("P10: a fill that wants more than there is is refused, and leaves nothing")
  void moreThanThereIs() throws IOException {
    for (long bytes : new long[] {fixture.baseSpace(pool, call()).capacity() + 1, Long.MAX_VALUE}) {
      failure(Reason.NO_SPACE, () -> cache(pool, reserving(bytes, sample())));
      assertEquals(List.of(), pool.bases(call()));
      assertEquals(List.of(), fixture.strays());
    }
    cache(pool, reserving(SIZE, sample()));
  }

  @Test
  @DisplayName("P10: what one fill has reserved no other gets, until the first has ended")
  void whatIsReservedNoOtherGets() throws IOException {
    long bytes = most();
    BaseKey key = newKey();
    try (ImageBackend second = fixture.open()) {
      Fill others =
          sink -> {
            failure(Reason.NO_SPACE, () -> cache(second, reserving(bytes, sample())));
            cache(second, reserving(SIZE, sample()));
            return sample().into(sink);
          };
      pool.cache(baseRequest(key, SIZE), reserving(bytes, others), call());
      assertTrue(second.findBase(key, call()).isPresent());
      cache(second, reserving(bytes, sample()));
    }
    assertEquals(3, pool.bases(call()).size());
  }

  @Test
  @DisplayName("P10: what a fill that failed had reserved is free again")
  void whatAFailedFillHadReservedIsFreeAgain() throws IOException {
    long bytes = most();
    Fill failing =
        sink -> {
          throw DiskException.of(Reason.IO_ERROR, "read image")
              .said("the image is gone")
              .remedy("find it")
              .build();
        };
    failure(Reason.IO_ERROR, () -> cache(pool, reserving(bytes, failing)));
    cache(pool, reserving(bytes, sample()));
  }

  @Test
  @DisplayName("what the pool keeps free no fill gets; a disk of a base that is there takes none")
  void whatIsKeptFreeNoFillGets() throws IOException {
    BaseRecord base = cache(pool, sample());
    long most = most();
    long keepFree = fixture.baseSpace(pool, call()).free() - most / 2;
    try (ImageBackend careful = fixture.open(keepFree)) {
      DiskException failure =
          failure(Reason.NO_SPACE, () -> cache(careful, reserving(most, sample())));
      assertTrue(failure.getMessage().contains(Long.toString(keepFree)), failure.getMessage());
      cache(careful, reserving(SIZE, sample()));
    }
    try (ImageBackend full = fixture.open(fixture.baseSpace(pool, call()).capacity())) {
      failure(Reason.NO_SPACE, () -> cache(full, reserving(1, sample())));
      if (fixture.thin()) {
        full.createBlank(diskRequest("blank", SIZE), call());
      }
      assertEquals(base.toString(), full.findBase(base.key(), call()).orElseThrow().toString());
    }
  }
}
