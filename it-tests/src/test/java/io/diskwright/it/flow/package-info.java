/** The flow of core on the backends that are shipped, as an embedder uses it. */
@NullMarked
package io.diskwright.it.flow;

import org.jspecify.annotations.NullMarked;
