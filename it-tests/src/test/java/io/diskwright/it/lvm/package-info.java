/** LVM, in a guest whose kernel has device-mapper. */
@NullMarked
package io.diskwright.it.lvm;

import org.jspecify.annotations.NullMarked;
