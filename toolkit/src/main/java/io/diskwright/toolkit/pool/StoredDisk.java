package io.diskwright.toolkit.pool;

import io.diskwright.spi.backend.DiskRecord;
import java.nio.file.Path;

/**
 * A disk of a pool of files.
 *
 * @param record its record, with the size that it has now
 * @param path its file
 */
public record StoredDisk(DiskRecord record, Path path) {}
