package io.diskwright.core.cache;

import io.diskwright.core.cache.PrunePolicy.Selection;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseUsage;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Deadline;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.UnavailableException;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets go of the bases that a policy chooses; any thread. */
public final class Pruner {
  private static final Logger LOG = LoggerFactory.getLogger(Pruner.class);

  private final ImageBackend backend;

  /** Prunes the bases of an opened pool. */
  public Pruner(ImageBackend backend) {
    this.backend = backend;
  }

  /** Says what {@link #prune} would do; changes and locks nothing. */
  public Pruned plan(PrunePolicy policy, Call call) throws DiskException {
    Selection selection = policy.select(backend.baseUsage(call), Instant.now());
    return new Pruned(selection.go(), selection.stay());
  }

  /**
   * Prunes. A base whose lock is held is in use, and stays; nothing is waited for.
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
    Call atOnce = Call.of(Deadline.after(Duration.ZERO), call.cancellation(), Progress.NONE);
    List<BaseKey> keys =
        bases.stream()
            .map(usage -> usage.base().key())
            .sorted(Comparator.comparing(BaseKey::value))
            .toList();
    for (BaseKey key : keys) {
      LockKey lock = new LockKey(LockKey.Scope.BASE, key.value());
      try {
        leases.put(key, backend.locks().acquire(lock, LockMode.EXCLUSIVE, atOnce));
      } catch (UnavailableException e) {
        LOG.debug("{} stays: {}", key, e.detail());
      }
    }
  }

  /** What was true before the locks were taken need not be any more. */
  private Pruned pruneLocked(PrunePolicy policy, Map<BaseKey, Lease> leases, Call call)
      throws DiskException {
    Selection selection = policy.select(backend.baseUsage(call), Instant.now());
    Map<BaseKey, BaseUsage> chosen = new HashMap<>();
    List<KeptBase> kept = new ArrayList<>(selection.stay());
    for (BaseUsage base : selection.go()) {
      if (leases.containsKey(base.base().key())) {
        chosen.put(base.base().key(), base);
      } else {
        kept.add(new KeptBase(base, "another call is using it"));
      }
    }
    Map<BaseKey, Eviction> became = backend.evictAll(chosen.keySet(), call);
    List<BaseUsage> gone = new ArrayList<>();
    for (BaseUsage base : selection.go()) {
      Optional<Eviction> eviction = Optional.ofNullable(became.get(base.base().key()));
      if (eviction.equals(Optional.of(Eviction.IN_USE))) {
        kept.add(new KeptBase(base, "a disk depends on it"));
      } else if (eviction.isPresent()) {
        gone.add(base);
      }
    }
    return new Pruned(gone, kept);
  }
}
