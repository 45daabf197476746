/**
 * Images and where they come from.
 *
 * <p>An {@link io.diskwright.spi.image.ImageSource} resolves a reference to an {@link
 * io.diskwright.spi.image.Image} and opens its bytes as {@link io.diskwright.spi.image.ImageData}.
 */
@NullMarked
package io.diskwright.spi.image;

import org.jspecify.annotations.NullMarked;
