/** How a record, which is a flat map of strings, is written as text. */
@NullMarked
package io.diskwright.toolkit.record;

import org.jspecify.annotations.NullMarked;
