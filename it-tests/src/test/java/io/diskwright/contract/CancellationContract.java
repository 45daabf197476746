package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.call.Deadline;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Calls that end early: they end whole, or as if they had not been. */
public abstract class CancellationContract extends Contract {
  private static final int SIZE = MIB;

  private static Call over(boolean cancelled, boolean late) {
    Cancellation cancellation = new Cancellation();
    if (cancelled) {
      cancellation.cancel();
    }
    Deadline deadline = Deadline.after(late ? Duration.ZERO : Duration.ofMinutes(5));
    return Call.of(deadline, cancellation, Progress.NONE);
  }

  /** Calls that are cancelled, late, or both before they start. */
  private static List<Call> callsThatAreOver() {
    return List.of(over(true, false), over(false, true), over(true, true));
  }

  private void assertEndedEarly(DiskException failure) {
    assertTells(failure);
    assertTrue(
        Set.of(Reason.CANCELLED, Reason.UNAVAILABLE).contains(failure.reason()),
        failure.getMessage());
  }

  @Test
  @DisplayName("P10: a fill that is cancelled on its way leaves no base, and the next works")
  void aFillThatIsCancelled() throws IOException {
    BaseKey key = newKey();
    Sample sample = Sample.of(random, SIZE);
    SampleFill fill = new SampleFill(sample);
    Cancellation cancellation = new Cancellation();
    Call call = Call.of(call().deadline(), cancellation, Progress.NONE);
    failure(
        Reason.CANCELLED,
        () ->
            pool.cache(
                baseRequest(key, SIZE),
                sink -> {
                  fill.write(sink, 0.5);
                  cancellation.cancel();
                  call.check("fill base");
                  return fill.into(sink);
                },
                call));
    assertEquals(Optional.empty(), pool.findBase(key, call()));
    assertEquals(List.of(), pool.bases(call()));
    assertEquals(List.of(), fixture.strays());
    create("web-1", pool.cache(baseRequest(key, SIZE), fill, call()), SIZE);
    assertReads("web-1", sample.paddedTo(SIZE));
  }

  @Test
  @DisplayName("P10: a fill whose call is over before it starts leaves a whole base or none")
  void aFillWhoseCallIsOver() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    for (Call over : callsThatAreOver()) {
      BaseKey key = newKey();
      try {
        pool.cache(baseRequest(key, SIZE), new SampleFill(sample), over);
        assertTrue(pool.findBase(key, call()).isPresent(), "what was returned is there");
      } catch (DiskException e) {
        assertEndedEarly(e);
        assertEquals(Optional.empty(), pool.findBase(key, call()));
      }
      create("web-1", pool.cache(baseRequest(key, SIZE), new SampleFill(sample), call()), SIZE);
      assertReads("web-1", sample.paddedTo(SIZE));
      pool.delete(name("web-1"), call());
    }
  }

  @Test
  @DisplayName("P10: a disk whose call is over before it starts is whole or not there")
  void aDiskWhoseCallIsOver() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    BaseRecord base = cache(sample);
    for (Call over : callsThatAreOver()) {
      try {
        pool.createImage(diskRequest("web-1", SIZE), base, over);
        assertReads("web-1", sample.paddedTo(SIZE));
      } catch (DiskException e) {
        assertEndedEarly(e);
        assertEquals(Optional.empty(), pool.find(name("web-1"), call()));
      }
      try {
        pool.createBlank(diskRequest("blank", SIZE), over);
        assertReads("blank", new byte[SIZE]);
      } catch (DiskException e) {
        assertEndedEarly(e);
        assertEquals(Optional.empty(), pool.find(name("blank"), call()));
      }
      assertEquals(List.of(), fixture.strays());
      pool.delete(name("web-1"), call());
      pool.delete(name("blank"), call());
    }
  }

  @Test
  @DisplayName("P10: a change whose call is over before it starts is made or not, never half")
  void aChangeWhoseCallIsOver() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    BaseRecord base = cache(sample);
    for (Call over : callsThatAreOver()) {
      create("web-1", base, SIZE);
      long size = SIZE;
      try {
        size = pool.resize(name("web-1"), 2 * SIZE, over).disk().size();
      } catch (DiskException e) {
        assertEndedEarly(e);
      }
      assertReads("web-1", sample.paddedTo(size));
      try {
        assertTrue(pool.delete(name("web-1"), over));
        assertEquals(Optional.empty(), pool.find(name("web-1"), call()));
      } catch (DiskException e) {
        assertEndedEarly(e);
        assertReads("web-1", sample.paddedTo(size));
      }
      pool.delete(name("web-1"), call());
    }
  }
}
