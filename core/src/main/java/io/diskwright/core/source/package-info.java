/**
 * Image references, and the image source for local files: {@link
 * io.diskwright.core.source.ImageReference} and {@link
 * io.diskwright.core.source.FileSourceProvider}.
 */
@NullMarked
package io.diskwright.core.source;

import org.jspecify.annotations.NullMarked;
