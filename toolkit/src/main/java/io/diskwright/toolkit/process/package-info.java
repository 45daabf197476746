/**
 * Child processes that are bounded in time and end with us: {@link
 * io.diskwright.toolkit.process.ChildProcess}.
 */
@NullMarked
package io.diskwright.toolkit.process;

import org.jspecify.annotations.NullMarked;
