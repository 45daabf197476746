/**
 * The contract tests, and what else a backend promises, on the storage that each backend is for.
 */
@NullMarked
package io.diskwright.it.contract;

import org.jspecify.annotations.NullMarked;
