package io.diskwright.toolkit.pool;

import io.diskwright.toolkit.os.FileStat;
import java.nio.file.Path;
import java.util.SortedMap;

/**
 * A file of a pool that a record vouches for.
 *
 * @param attributes what the record says
 * @param data the file
 * @param stat what the file system says of the file
 */
record Stored(SortedMap<String, String> attributes, Path data, FileStat stat) {}
