/**
 * Locks across the threads and processes of one host: {@link io.diskwright.core.lock.HostLocks}.
 */
@NullMarked
package io.diskwright.core.lock;

import org.jspecify.annotations.NullMarked;
