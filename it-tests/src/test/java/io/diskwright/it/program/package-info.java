/** The program as it is shipped, as its users see it. */
@NullMarked
package io.diskwright.it.program;

import org.jspecify.annotations.NullMarked;
