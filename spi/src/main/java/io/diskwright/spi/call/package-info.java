/**
 * One call's deadline, progress and cancellation: {@link io.diskwright.spi.call.Call} carries them.
 */
@NullMarked
package io.diskwright.spi.call;

import org.jspecify.annotations.NullMarked;
