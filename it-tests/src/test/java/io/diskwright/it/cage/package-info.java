/** The cage in which QEMU's tools read images, looked at from inside. */
@NullMarked
package io.diskwright.it.cage;

import org.jspecify.annotations.NullMarked;
