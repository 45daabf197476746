/**
 * Looking at an image before any tool opens it: {@link io.diskwright.core.inspect.ImageInspector}
 * reads it with bounded work and gives a {@link io.diskwright.core.inspect.Verdict}.
 */
@NullMarked
package io.diskwright.core.inspect;

import org.jspecify.annotations.NullMarked;
