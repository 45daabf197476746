/** Copying bytes and keeping their holes: {@link io.diskwright.toolkit.copy.SparseCopy}. */
@NullMarked
package io.diskwright.toolkit.copy;

import org.jspecify.annotations.NullMarked;
