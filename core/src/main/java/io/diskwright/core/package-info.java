/**
 * Diskwright as a library: {@link io.diskwright.core.Diskwright} opens a configuration, makes
 * disks, and hands out its pools as {@link io.diskwright.core.Pool}.
 */
@NullMarked
package io.diskwright.core;

import org.jspecify.annotations.NullMarked;
