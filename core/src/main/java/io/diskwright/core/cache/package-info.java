/**
 * The cache of bases after they are filled: {@link io.diskwright.core.cache.BaseVerifier} looks
 * whether they still are what was published, {@link io.diskwright.core.cache.Pruner} lets go of
 * those that {@link io.diskwright.core.cache.PrunePolicy} chooses.
 */
@NullMarked
package io.diskwright.core.cache;

import org.jspecify.annotations.NullMarked;
