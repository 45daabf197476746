/**
 * What a storage backend or an image source must see of Diskwright, and nothing more.
 *
 * <p>Start with {@link io.diskwright.spi.backend.ImageBackendProvider} and {@link
 * io.diskwright.spi.backend.ImageBackend} to write a storage backend, or with {@link
 * io.diskwright.spi.image.ImageSourceProvider} to write an image source. The rooms:
 *
 * <ul>
 *   <li>{@code backend}: providers, pools, bases, disks, records, fills and optional facets;
 *   <li>{@code image}: images, image sources, locations and content;
 *   <li>{@code config}: declared configuration keys and their typed values;
 *   <li>{@code lock}: the lock abstraction;
 *   <li>{@code call}: deadline, progress and cancellation of one call;
 *   <li>{@code error}: the one family of failures.
 * </ul>
 *
 * <p>All sizes and offsets are in bytes. Nothing is null unless marked so.
 */
@NullMarked
package io.diskwright.spi;

import org.jspecify.annotations.NullMarked;
