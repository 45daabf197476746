/**
 * The cache of bases after they are filled: {@link io.diskwright.core.cache.BaseVerifier} looks
 * whether they still are what was published, {@link io.diskwright.core.cache.BaseEvictor} takes out
 * one that is named, or those that {@link io.diskwright.core.cache.PrunePolicy} chooses.
 */
@NullMarked
package io.diskwright.core.cache;

import org.jspecify.annotations.NullMarked;
