/**
 * Benchmarks, each beside the same work done bare in the same run: {@link
 * io.diskwright.it.bench.Bench} prints them as a table and as JSON.
 */
@NullMarked
package io.diskwright.it.bench;

import org.jspecify.annotations.NullMarked;
