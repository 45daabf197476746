/** What core's fills do with QEMU's tools, which only the full lane has. */
@NullMarked
package io.diskwright.core.fill;

import org.jspecify.annotations.NullMarked;
