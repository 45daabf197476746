/**
 * The one family of failures.
 *
 * <p>{@link io.diskwright.spi.error.DiskException} is what everything throws; its {@link
 * io.diskwright.spi.error.Reason} says what kind of failure it is and maps to an exit code.
 */
@NullMarked
package io.diskwright.spi.error;

import org.jspecify.annotations.NullMarked;
