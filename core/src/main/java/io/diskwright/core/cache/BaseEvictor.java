package io.diskwright.core.cache;

import io.diskwright.core.cache.PrunePolicy.Selection;
import io.diskwright.core.event.PoolEvent.Kind;
import io.diskwright.core.event.Span;
import io.diskwright.core.provision.OpenPool;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.BaseUsage;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Takes bases out of a pool's cache: one that is named, or those that a policy chooses; any thread.
 */
public final class BaseEvictor {
  private final OpenPool pool;
  private final ImageBackend backend;

  /** Evicts bases of an opened pool. */
  public BaseEvictor(OpenPool pool) {
    this.pool = pool;
    this.backend = pool.backend();
  }

  /**
   * Takes out one base; waits for its lock.
   *
   * @param key the base
   * @param call deadline, cancellation, progress
   * @return what became of it
   * @throws DiskException with reason {@code HAS_DEPENDENTS}, which names the disks
   */
  @SuppressWarnings("try") // the lease is held, not used
  public Eviction evict(BaseKey key, Call call) throws DiskException {
    try (Lease lease = pool.locks().acquire(lock(key), LockMode.EXCLUSIVE, call)) {
      Span span = pool.events().begin(Kind.EVICT, key.value());
      try {
        long length = span.isHeard() ? lengthOf(key, call) : 0;
        Eviction eviction = backend.evict(key, call);
        tell(span, eviction, length);
        return eviction;
      } catch (Throwable e) {
        span.failed(e);
        throw e;
      }
    }
  }

  private static LockKey lock(BaseKey key) {
    return new LockKey(LockKey.Scope.BASE, key.value());
  }

  /** Of a base whose record is damaged it is not known, and it can be evicted all the same. */
  private long lengthOf(BaseKey key, Call call) {
    try {
      return backend.findBase(key, call).map(BaseRecord::length).orElse(0L);
    } catch (DiskException e) {
      return 0;
    }
  }

  private static void tell(Span span, Eviction eviction, long length) {
    switch (eviction) {
      case REMOVED, RETIRED -> {
        span.describe(eviction.name().toLowerCase(Locale.ROOT), length, "");
        span.succeeded();
      }
      case ABSENT, IN_USE -> {} // nothing has happened
    }
  }

  /** Says what {@link #prune} would do; changes and locks nothing. */
  public Pruned plan(PrunePolicy policy, Call call) throws DiskException {
    Selection selection = policy.select(backend.baseUsage(call), Instant.now());
    return new Pruned(selection.go(), selection.stay());
  }

  /**
   * Takes out the bases that a policy chooses. One whose lock is held is in use, and stays; nothing
   * is waited for.
   *
   * @param policy which bases are to go
   * @param call deadline, cancellation, progress
   * @return which have gone, and why the others have not
   * @throws DiskException when it fails in between; then each base is gone or there, none half
   */
  public Pruned prune(PrunePolicy policy, Call call) throws DiskException {
    Selection first = policy.select(backend.baseUsage(call), Instant.now());
    if (first.go().isEmpty()) {
      return new Pruned(first.go(), first.stay());
    }
    Map<BaseKey, Lease> leases = new HashMap<>();
    try {
      lock(first.go(), leases, call);
      return pruneLocked(policy, leases, call);
    } finally {
      leases.values().forEach(Lease::close);
    }
  }

  /** In the order of their keys, so that two that prune cannot wait for each other. */
  private void lock(List<BaseUsage> bases, Map<BaseKey, Lease> leases, Call call)
      throws DiskException {
    List<BaseKey> keys =
        bases.stream()
            .map(usage -> usage.base().key())
            .sorted(Comparator.comparing(BaseKey::value))
            .toList();
    for (BaseKey key : keys) {
      pool.locks()
          .tryAcquire(lock(key), LockMode.EXCLUSIVE, call)
          .ifPresent(lease -> leases.put(key, lease));
    }
  }

  /** What was true before the locks were taken need not be any more. */
  private Pruned pruneLocked(PrunePolicy policy, Map<BaseKey, Lease> leases, Call call)
      throws DiskException {
    Selection selection = policy.select(backend.baseUsage(call), Instant.now());
    Map<BaseKey, BaseUsage> chosen = new LinkedHashMap<>();
    List<KeptBase> kept = new ArrayList<>(selection.stay());
    for (BaseUsage base : selection.go()) {
      if (leases.containsKey(base.base().key())) {
        chosen.put(base.base().key(), base);
      } else {
        kept.add(new KeptBase(base, "another call is using it"));
      }
    }
    Map<BaseKey, Eviction> became = evictAll(chosen, call);
    List<BaseUsage> gone = new ArrayList<>();
    chosen.forEach(
        (key, base) -> {
          if (became.get(key) == Eviction.IN_USE) {
            kept.add(new KeptBase(base, "a disk depends on it"));
          } else {
            gone.add(base);
          }
        });
    return new Pruned(gone, kept);
  }

  private Map<BaseKey, Eviction> evictAll(Map<BaseKey, BaseUsage> chosen, Call call)
      throws DiskException {
    Map<BaseUsage, Span> spans = new HashMap<>();
    chosen.forEach((key, base) -> spans.put(base, pool.events().begin(Kind.EVICT, key.value())));
    try {
      Map<BaseKey, Eviction> became = backend.evictAll(chosen.keySet(), call);
      spans.forEach(
          (usage, span) -> {
            BaseRecord base = usage.base();
            tell(span, became.getOrDefault(base.key(), Eviction.ABSENT), base.length());
          });
      return became;
    } catch (Throwable e) {
      spans.values().forEach(span -> span.failed(e));
      throw e;
    }
  }
}
