package io.diskwright.core.provision;

import io.diskwright.core.event.PoolEvent.Kind;
import io.diskwright.core.fill.ImageLook;
import io.diskwright.core.fill.Verified;
import io.diskwright.core.inspect.Verdict;
import io.diskwright.core.source.FileSourceProvider;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.HasDependentsException;
import io.diskwright.spi.error.NotFoundException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockMode;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the base of an image on a pool, or fills it once. */
final class BaseCache {
  private static final Logger LOG = LoggerFactory.getLogger(BaseCache.class);
  private static final int MOST_TRIES = 5;

  /** Who has filled it this often and lost it each time keeps it locked from then on. */
  private static final int MOST_SHARED_TRIES = 2;

  /** Who finds the lock taken this often waits for it in the queue. */
  private static final int MOST_GLANCES = 8;

  private static final long LONGEST_GLANCE_NANOS = Duration.ofMillis(2).toNanos();

  private final OpenPool pool;
  private final ResolvedImage resolved;
  private final OptionalLong size;
  private final BaseKey key;
  private final Steps steps;
  private final boolean mayFetch;
  private boolean told;

  BaseCache(OpenPool pool, ResolvedImage resolved, OptionalLong size, Steps steps) {
    this(
        pool,
        resolved,
        size,
        steps,
        !pool.neverDownload()
            || (resolved.image().source().equals(FileSourceProvider.ID) && !resolved.isGone()));
  }

  private BaseCache(
      OpenPool pool, ResolvedImage resolved, OptionalLong size, Steps steps, boolean mayFetch) {
    this.pool = pool;
    this.resolved = resolved;
    this.size = size;
    this.key =
        resolved
            .cachedAs()
            .orElseGet(() -> BaseKeys.of(resolved.image(), pool.backend().baseFormats()));
    this.steps = steps;
    this.mayFetch = mayFetch;
  }

  /** For who asks for the base itself, which is to ask for it to be fetched. */
  static BaseCache ahead(OpenPool pool, ResolvedImage resolved) {
    return new BaseCache(pool, resolved, OptionalLong.empty(), new Steps(), true);
  }

  BaseKey key() {
    return key;
  }

  /**
   * Something that is done with a base while it cannot be evicted.
   *
   * @param <T> what comes of it
   */
  @FunctionalInterface
  interface Use<T> {
    T with(BaseRecord base) throws DiskException;
  }

  /** Does something with the base, which is filled first when it is not there. */
  <T> T use(Use<T> use, Call call) throws DiskException {
    try {
      Optional<T> used = useUnlocked(use, call);
      return used.isPresent() ? used.get() : useLocked(use, call);
    } finally {
      if (!canBeFoundAgain()) {
        letGo(call);
      }
    }
  }

  /** Returns whether the image is known to be the same when it is asked for again. */
  private boolean canBeFoundAgain() {
    return resolved.image().validator().isPresent();
  }

  /** A base that nobody can find again stays only while a disk depends on it. */
  @SuppressWarnings("try") // the lease is held, not used
  private void letGo(Call call) {
    try (Lease lease = lock(LockMode.EXCLUSIVE, call)) {
      Eviction unused = pool.backend().evict(key, call);
    } catch (HasDependentsException e) {
      LOG.debug("base {} goes when its last disk has gone and the pool is pruned", key);
    } catch (DiskException e) {
      LOG.warn("base {} is left to be pruned: {}", key, e.getMessage());
    }
  }

  /**
   * Most bases are there, and stay. Who evicts one just then, and who makes a disk of it, see each
   * other without any lock (promise P4); a lock would cost the storage more than it saves.
   */
  private <T> Optional<T> useUnlocked(Use<T> use, Call call) throws DiskException {
    Optional<BaseRecord> base = pool.backend().findBase(key, call);
    if (base.isEmpty()) {
      return Optional.empty(); // whether it is a miss is known when nobody is filling it
    }
    tellWhetherThere(base);
    if (Verified.of(base.get()).isOutdated()) {
      return Optional.empty();
    }
    verify(base.get());
    try {
      return Optional.of(use.with(base.get()));
    } catch (NotFoundException e) {
      LOG.debug("base {} was evicted while it was used", key, e);
      return Optional.empty();
    }
  }

  @SuppressWarnings("try") // the lease is held, not used
  private <T> T useLocked(Use<T> use, Call call) throws DiskException {
    for (int tries = 1; ; tries++) {
      boolean alone = tries > MOST_SHARED_TRIES;
      boolean outdated = false;
      try (Lease lease = lock(alone ? LockMode.EXCLUSIVE : LockMode.SHARED, call)) {
        if (alone) {
          fillIfMissing(lease, call);
        }
        Optional<BaseRecord> base = pool.backend().findBase(key, call);
        if (!told) {
          tellWhetherThere(base);
        }
        outdated = base.isPresent() && Verified.of(base.get()).isOutdated();
        if (base.isPresent() && (alone || !outdated)) {
          BaseRecord good = outdated ? reinspection(call).of(base.get()) : base.get();
          verify(good);
          return use.with(good);
        }
      } catch (NotFoundException e) {
        if (tries == MOST_TRIES) {
          throw e;
        }
      }
      if (tries == MOST_TRIES) {
        throw DiskException.of(Reason.UNAVAILABLE, "use base")
            .pool(pool.name().value())
            .resource(key.value())
            .said("it was evicted again each time it had been filled")
            .remedy("find out what evicts bases, and try again")
            .build();
      }
      if (outdated) {
        reinspect(call);
      } else if (!alone) {
        fillIfMissing(call);
      }
    }
  }

  private Reinspection reinspection(Call call) {
    return new Reinspection(pool, resolved.image(), () -> lookAgain(call), call);
  }

  private Verdict lookAgain(Call call) throws DiskException {
    try (ImageData data = resolved.open(call)) {
      return looking(data, call).look();
    }
  }

  @SuppressWarnings("try") // the lease is held, not used
  private void reinspect(Call call) throws DiskException {
    try (Lease lease = lock(LockMode.EXCLUSIVE, call)) {
      Optional<BaseRecord> base = pool.backend().findBase(key, call);
      if (base.isPresent() && Verified.of(base.get()).isOutdated()) {
        BaseRecord unused = reinspection(call).of(base.get());
      }
    }
  }

  private void tellWhetherThere(Optional<BaseRecord> base) {
    told = true;
    Kind kind = base.isPresent() ? Kind.HIT : Kind.MISS;
    long length = base.isPresent() ? base.get().length() : 0;
    pool.events().tell(kind, key.value(), length, resolved.image());
  }

  private Lease lock(LockMode mode, Call call) throws DiskException {
    return pool.locks().acquire(lockKey(), mode, call);
  }

  private LockKey lockKey() {
    return new LockKey(LockKey.Scope.BASE, key.value());
  }

  /**
   * Fills the base, or waits until somebody else has. Who waits does so for a shared lock, so that
   * all who wait go on together when it is filled, and not one after the other.
   */
  @SuppressWarnings("try") // the lease is held, not used
  private void fillIfMissing(Call call) throws DiskException {
    for (int glance = 0; glance < MOST_GLANCES; glance++) {
      Optional<Lease> free = pool.locks().tryAcquire(lockKey(), LockMode.EXCLUSIVE, call);
      if (free.isPresent()) {
        try (Lease lease = free.get()) {
          fillIfMissing(lease, call);
          return;
        }
      }
      LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_GLANCE_NANOS));
      try (Lease lease = lock(LockMode.SHARED, call)) {
        if (pool.backend().findBase(key, call).isPresent()) {
          return;
        }
      }
    }
    try (Lease lease = lock(LockMode.EXCLUSIVE, call)) {
      fillIfMissing(lease, call);
    }
  }

  private void fillIfMissing(Lease lease, Call call) throws DiskException {
    if (pool.backend().findBase(key, call).isEmpty()) {
      requireMayFetch();
      Progress shared = new SharedProgress(lease, call.progress());
      new BaseFiller(pool, resolved, key, this::verifySize, steps)
          .fill(Call.of(call.deadline(), call.cancellation(), shared));
    }
  }

  /** Looks at an image and fails when no disk of the size asked for can be made of it. */
  Verdict look(ImageData data, Call call) throws DiskException {
    Verdict verdict = looking(data, call).lookAccepted();
    verifySize(verdict.virtualSize().orElseThrow());
    return verdict;
  }

  private ImageLook looking(ImageData data, Call call) {
    return new ImageLook(resolved.image(), data, pool.rules(), call);
  }

  private void verify(BaseRecord base) throws DiskException {
    Optional<DiskFormat> declared = resolved.image().format();
    if (declared.isPresent() && declared.get() != base.imageFormat()) {
      throw DiskException.of(Reason.IMAGE_UNACCEPTABLE, "use image")
          .resource(resolved.image().toString())
          .said("it is declared as %s and is %s".formatted(declared.get(), base.imageFormat()))
          .remedy("declare the format that it has, or none")
          .build();
    }
    if (declared.isEmpty() && Verified.of(base).declared()) {
      throw DiskException.of(Reason.IMAGE_UNACCEPTABLE, "use image")
          .resource(resolved.image().toString())
          .said("it is not an image that is known, and was declared as raw when it was cached")
          .remedy("declare it as raw again")
          .build();
    }
    Optional<String> tooLarge = pool.rules().whyTooLarge(base.virtualSize());
    if (tooLarge.isPresent()) {
      throw DiskException.of(Reason.IMAGE_UNACCEPTABLE, "use image")
          .pool(pool.name().value())
          .resource(resolved.image().toString())
          .said(tooLarge.get())
          .remedy("use another image, or raise the pool's virtual-size-limit")
          .build();
    }
    verifySize(base.virtualSize());
  }

  /** Fails when what the image's source says of its sizes rules out the size asked for. */
  void verifyDeclaredSizes() throws DiskException {
    Sizing.requireMinimum(pool, resolved.image(), size);
    if (resolved.image().virtualSize().isPresent()) {
      verifySize(resolved.image().virtualSize().getAsLong());
    }
  }

  /** Fails when the pool takes no images but those that are local, or where it can clone them. */
  void requireMayFetch() throws DiskException {
    if (mayFetch) {
      return;
    }
    String refusals =
        steps.refusals().stream()
            .map(refusal -> "; %s: %s".formatted(refusal.way(), refusal.reason()))
            .collect(Collectors.joining());
    throw DiskException.of(Reason.IMAGE_UNACCEPTABLE, "fetch image")
        .pool(pool.name().value())
        .resource(resolved.image().toString())
        .said("the pool never downloads (never-download)" + refusals)
        .remedy(
            "put the image where the pool can clone it, fetch it ahead with image pull, or unset the"
                + " pool's never-download")
        .build();
  }

  /** Fails when no disk of the size asked for can be made of the image. */
  void verifySize(long virtualSize) throws DiskException {
    if (size.isPresent()) {
      Sizing.requireFits(pool, resolved.image(), virtualSize, size.getAsLong());
    }
  }
}
