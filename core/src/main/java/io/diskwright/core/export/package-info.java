/**
 * Bases on their way from the cache of one host to that of another: {@link
 * io.diskwright.core.export.BaseExport} writes one, {@link
 * io.diskwright.core.export.FallbackCommand} has a {@link io.diskwright.core.export.FallbackHost}
 * write one and reads it.
 *
 * <p>What is written is, numbers being big-endian:
 *
 * <ol>
 *   <li>the line {@code diskwright-base 1}
 *   <li>the base's record as {@link io.diskwright.toolkit.record.RecordText}, which ends with the
 *       line {@code end}
 *   <li>of whatever is not zero, from front to back: an offset (8 bytes), a length (4 bytes, 1 to 1
 *       MiB), and so many bytes
 *   <li>the base's length (8 bytes), and a length of 0 (4 bytes)
 *   <li>the SHA-256 of all that came before (32 bytes)
 * </ol>
 */
@NullMarked
package io.diskwright.core.export;

import org.jspecify.annotations.NullMarked;
