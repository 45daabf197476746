/**
 * What happens on pools, told as it happens: an embedder hangs a {@link
 * io.diskwright.core.event.PoolListener} on the library when it opens it and gets a {@link
 * io.diskwright.core.event.PoolEvent} for each hit, miss, fill, wait, create, evict and sweep; the
 * JDK's Flight Recorder gets the same. {@link io.diskwright.core.event.Events} is what core tells
 * them through.
 */
@NullMarked
package io.diskwright.core.event;

import org.jspecify.annotations.NullMarked;
