/** Runs the fuzzer on the targets that are beside the parsers. */
@NullMarked
package io.diskwright.it.fuzz;

import org.jspecify.annotations.NullMarked;
