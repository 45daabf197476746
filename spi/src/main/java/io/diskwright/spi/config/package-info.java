/**
 * Configuration keys that providers declare, and the typed values they receive.
 *
 * <p>Core parses, checks and reports; a provider sees values only, through {@link
 * io.diskwright.spi.config.Settings}.
 */
@NullMarked
package io.diskwright.spi.config;

import org.jspecify.annotations.NullMarked;
