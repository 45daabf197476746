package io.diskwright.backend.lvm.lvm2;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An answer that holds as long as a group's metadata is the same, and that is read from the
 * metadata once that has proved to say what lvm2 says; any thread.
 *
 * @param <T> what is answered
 */
final class FromMetadata<T> {
  private static final Logger LOG = LoggerFactory.getLogger(FromMetadata.class);

  /** Asks lvm2. */
  @FunctionalInterface
  interface Question<T> {
    T ask(Call call) throws DiskException;
  }

  private final Supplier<List<Optional<MetadataMark>>> marks;
  private final Function<List<Optional<MetadataMark>>, Optional<T>> reading;
  private final Question<T> question;
  private final BiPredicate<T, T> same;
  private volatile @Nullable Known<T> last;
  private volatile Trust trust = Trust.NOT_YET;

  /** Whether what is read holds. */
  private enum Trust {
    NOT_YET,
    YES,
    NEVER
  }

  /** An answer, and of which metadata. */
  private record Known<T>(List<Optional<MetadataMark>> marks, T answer) {}

  /**
   * Takes what the answer is made of.
   *
   * @param marks the marks of the metadata, by physical volume
   * @param reading reads the answer from the metadata that has these marks
   * @param question asks lvm2 for it
   * @param same whether what was read says what lvm2 says
   */
  FromMetadata(
      Supplier<List<Optional<MetadataMark>>> marks,
      Function<List<Optional<MetadataMark>>, Optional<T>> reading,
      Question<T> question,
      BiPredicate<T, T> same) {
    this.marks = marks;
    this.reading = reading;
    this.question = question;
    this.same = same;
  }

  /** Returns the answer, and asks lvm2 only when it cannot be had otherwise. */
  T get(Call call) throws DiskException {
    List<Optional<MetadataMark>> now = marks.get();
    Known<T> known = last;
    if (known != null && known.marks().equals(now)) {
      return known.answer();
    }
    if (trust == Trust.YES) {
      Optional<T> read = reading.apply(now);
      if (read.isPresent()) {
        last = new Known<>(now, read.get());
        return read.get();
      }
    }
    return ask(call);
  }

  /** Asks lvm2, and proves by its answer what is read. */
  T ask(Call call) throws DiskException {
    List<Optional<MetadataMark>> before = marks.get();
    T answer = question.ask(call);
    if (before.stream().anyMatch(Optional::isPresent)) {
      Optional<T> read = reading.apply(before);
      if (before.equals(marks.get())) {
        read.ifPresent(value -> prove(value, answer));
        last = new Known<>(before, answer);
      }
    }
    return answer;
  }

  private void prove(T read, T answer) {
    if (!same.test(read, answer)) {
      LOG.warn(
          "what is read of a group's metadata is not what lvm2 says, who is asked from now on");
      LOG.debug("read: {}; said: {}", read, answer);
      trust = Trust.NEVER;
    } else if (trust == Trust.NOT_YET) {
      trust = Trust.YES;
    }
  }
}
