package io.diskwright.core.event;

import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.error.Reason;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** One thing that has happened on a pool; immutable. */
public final class PoolEvent {
  /**
   * What kind of thing it was.
   *
   * <p>Later versions may have more of them, so a {@code switch} needs a {@code default}.
   */
  public enum Kind {
    /** A base that was asked for was there. */
    HIT,
    /** A base that was asked for was not there; each use of a base is one hit or one miss. */
    MISS,
    /** A fill of a base has begun; one {@link #FILL} follows, whatever becomes of it. */
    FILL_STARTED,
    /** A fill of a base has ended: from opening the image to publishing the base. */
    FILL,
    /** Somebody else held a lock, or a turn to fill, which had to be waited for. */
    WAIT,
    /**
     * A disk was made: from when it is known not to be there to its publication, with the fill of
     * its base where that was needed.
     */
    CREATE,
    /** A base was taken out of the cache. */
    EVICT,
    /** What killed calls left behind was looked for and swept, because somebody asked for it. */
    SWEEP;

    /** Returns the name used in metrics and output, such as {@code fill-started}. */
    public String id() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private final Kind kind;
  private final PoolName pool;
  private final String resource;
  private final Duration duration;
  private final String way;
  private final long bytes;
  private final long count;
  private final Optional<Reason> failure;
  private final String detail;

  PoolEvent(
      Kind kind,
      PoolName pool,
      String resource,
      Duration duration,
      String way,
      long bytes,
      long count,
      Optional<Reason> failure,
      String detail) {
    this.kind = kind;
    this.pool = pool;
    this.resource = resource;
    this.duration = duration;
    this.way = way;
    this.bytes = bytes;
    this.count = count;
    this.failure = failure;
    this.detail = detail;
  }

  /** Returns what kind of thing it was. */
  public Kind kind() {
    return kind;
  }

  /** Returns the pool on which it happened. */
  public PoolName pool() {
    return pool;
  }

  /**
   * Returns what it happened to: a disk's name, a base's key (of a wait: what is locked, or is to
   * be filled), or the pool's name for a {@link Kind#SWEEP}.
   */
  public String resource() {
    return resource;
  }

  /** Returns how long it took; zero for {@code HIT}, {@code MISS} and {@code FILL_STARTED}. */
  public Duration duration() {
    return duration;
  }

  /**
   * Returns how it was done, as one of a few words that suit the tag of a metric; empty when there
   * is nothing to tell.
   *
   * <p>{@code FILL}: {@code reflink}, {@code copy} or {@code convert}, or {@code found} when the
   * base was there after all. {@code CREATE}: {@code blank}, or one of the backend's ways, such as
   * {@code overlay}. {@code WAIT}: what was locked, {@code disk} or {@code base}, or {@code fill}
   * when the pool was filling as many bases as it may. {@code EVICT}: {@code removed} or {@code
   * retired}. Of what failed it may be empty.
   */
  public String way() {
    return way;
  }

  /**
   * Returns how many bytes it was about, 0 or more.
   *
   * <p>{@code FILL} and {@code CREATE}: those moved, as in the steps of a result; the fill's are
   * not counted again for the disk. {@code HIT} and {@code EVICT}: the base's length. Any other
   * kind, and what failed: 0.
   */
  public long bytes() {
    return bytes;
  }

  /** Returns how many things a {@code SWEEP} removed or restored; 0 for any other kind. */
  public long count() {
    return count;
  }

  /** Returns why it failed, or empty when it did not. */
  public Optional<Reason> failure() {
    return failure;
  }

  /**
   * Returns more about it as words for a person: the failure's message, the image, what the disk
   * was made from, who held the lock; may be empty.
   */
  public String detail() {
    return detail;
  }

  /** Returns all of it in one line for a log. */
  @Override
  public String toString() {
    return "%s %s on pool %s: %s, way=%s, bytes=%d, count=%d, took=%s, detail=%s"
        .formatted(
            kind.id(),
            resource,
            pool,
            failure.map(reason -> "failed (" + reason.id() + ")").orElse("ok"),
            way,
            bytes,
            count,
            duration,
            detail);
  }
}
