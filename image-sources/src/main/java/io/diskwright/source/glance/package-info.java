/**
 * The image source {@code glance}: images of OpenStack's Image service (Image API v2). {@link
 * io.diskwright.source.glance.GlanceSourceProvider} is what is found of it.
 *
 * <p>From the top: {@code GlanceSource} resolves and opens; {@code Glance} asks for records, which
 * {@code GlanceImage} reads; bytes come as those of the source {@code http} do.
 */
@NullMarked
package io.diskwright.source.glance;

import org.jspecify.annotations.NullMarked;
