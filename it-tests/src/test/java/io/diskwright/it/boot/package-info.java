/** Machines that boot from what was made. */
@NullMarked
package io.diskwright.it.boot;

import org.jspecify.annotations.NullMarked;
