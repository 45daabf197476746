/**
 * Finds backends and image sources: {@link io.diskwright.core.discovery.Providers} loads them.
 *
 * <p>A jar that cannot be used never hides another one: what is wrong with it is a {@link
 * io.diskwright.core.discovery.ProviderProblem} that names the jar.
 */
@NullMarked
package io.diskwright.core.discovery;

import org.jspecify.annotations.NullMarked;
