package io.diskwright.spi.backend;

/**
 * How full a pool's storage is.
 *
 * @param capacity bytes in all
 * @param free bytes that new data may take
 */
public record PoolUsage(long capacity, long free) {}
