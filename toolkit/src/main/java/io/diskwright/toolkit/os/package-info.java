/**
 * The operating system below Java: files with Linux's own calls, and what its errors mean.
 *
 * <p>Start with {@link io.diskwright.toolkit.os.NativeFile}. Linux on 64-bit machines only.
 */
@NullMarked
package io.diskwright.toolkit.os;

import org.jspecify.annotations.NullMarked;
