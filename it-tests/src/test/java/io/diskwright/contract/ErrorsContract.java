package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Failures: that they say what was tried, where, on what, and what to do next. */
public abstract class ErrorsContract extends Contract {
  private static final int SIZE = MIB;

  private void assertNames(String resource, Reason reason, Executable tried) {
    DiskException failure = failure(reason, tried);
    assertEquals(resource, failure.resource().orElseThrow(), failure.getMessage());
    assertTrue(failure.getMessage().contains(failure.pool().orElseThrow()), failure.getMessage());
    assertTrue(failure.getMessage().contains(resource), failure.getMessage());
    assertTrue(failure.getMessage().contains(failure.remedy().orElseThrow()), failure.getMessage());
  }

  @Test
  @DisplayName("P11: a failure names the disk that it is about")
  void aFailureNamesTheDisk() throws IOException {
    createBlank("web-1", SIZE);
    assertNames("web-1", Reason.ALREADY_EXISTS, () -> createBlank("web-1", SIZE));
    assertNames("web-1", Reason.INVALID_REQUEST, () -> pool.resize(name("web-1"), 512, call()));
    assertNames("no-1", Reason.NOT_FOUND, () -> pool.resize(name("no-1"), SIZE, call()));
  }

  @Test
  @DisplayName("P11: a failure names the base that it is about")
  void aFailureNamesTheBase() throws IOException {
    BaseRecord base = cache(Sample.of(random, SIZE));
    pool.evict(base.key(), call());
    assertNames(base.key().value(), Reason.NOT_FOUND, () -> create("web-1", base, SIZE));
  }

  @Test
  @DisplayName("P11: a failure of a fill is placed on the pool and the base")
  void aFailureOfAFillIsPlaced() {
    var request = baseRequest(newKey(), SIZE);
    assertNames(
        request.key().value(),
        Reason.IMAGE_UNACCEPTABLE,
        () ->
            pool.cache(
                request,
                sink -> {
                  throw DiskException.of(Reason.IMAGE_UNACCEPTABLE, "inspect image")
                      .said("it is none")
                      .remedy("bring one")
                      .build();
                },
                call()));
  }

  @Test
  @DisplayName("P11: a failure that names its own resource keeps it")
  void aFailureThatNamesItsOwnResourceKeepsIt() {
    assertNames(
        "http://example.org/image",
        Reason.UNAVAILABLE,
        () ->
            pool.cache(
                baseRequest(newKey(), SIZE),
                sink -> {
                  throw DiskException.of(Reason.UNAVAILABLE, "fetch image")
                      .resource("http://example.org/image")
                      .said("no answer")
                      .remedy("look whether it is there")
                      .build();
                },
                call()));
  }
}
