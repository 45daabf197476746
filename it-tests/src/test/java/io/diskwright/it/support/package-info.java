/**
 * What several integration tests need: tools, images, pools, file systems, and a look for
 * left-overs.
 */
@NullMarked
package io.diskwright.it.support;

import org.jspecify.annotations.NullMarked;
