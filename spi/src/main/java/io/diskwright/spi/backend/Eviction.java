package io.diskwright.spi.backend;

/** What became of a base that was to leave the cache. */
public enum Eviction {
  /** It is gone, and its bytes with it. */
  REMOVED,
  /** It is found no more; its bytes go with the last disk that lives on it. */
  RETIRED,
  /** It was not there. */
  ABSENT,
  /** It stays, because disks depend on it; only of {@link ImageBackend#evictAll}. */
  IN_USE
}
