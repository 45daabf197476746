/** Threads that work for one call: {@link io.diskwright.toolkit.thread.HelperThreads}. */
@NullMarked
package io.diskwright.toolkit.thread;

import org.jspecify.annotations.NullMarked;
