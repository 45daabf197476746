/** What inspection says of images, beside what QEMU says; and what becomes of hostile ones. */
@NullMarked
package io.diskwright.it.inspect;

import org.jspecify.annotations.NullMarked;
