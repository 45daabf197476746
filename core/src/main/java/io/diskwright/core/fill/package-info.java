/**
 * Filling bases: {@link io.diskwright.core.fill.ImageFill} brings an inspected image's bytes into a
 * backend's sink, by sharing blocks, copying or converting, and proves it.
 */
@NullMarked
package io.diskwright.core.fill;

import org.jspecify.annotations.NullMarked;
