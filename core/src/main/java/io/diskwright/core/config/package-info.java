/**
 * Configuration: {@link io.diskwright.core.config.ConfigurationLoader} finds, reads and checks it,
 * and reports all of its problems at once; {@link io.diskwright.core.config.Configuration} is what
 * comes out.
 */
@NullMarked
package io.diskwright.core.config;

import org.jspecify.annotations.NullMarked;
