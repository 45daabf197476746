/**
 * The qcow2 format, as the QEMU project specifies it (docs/interop/qcow2.txt): {@link
 * io.diskwright.toolkit.qcow2.Qcow2Header} reads its header, {@link
 * io.diskwright.toolkit.qcow2.Qcow2Content} the bytes that machines see, {@link
 * io.diskwright.toolkit.qcow2.Qcow2Image} writes new images.
 */
@NullMarked
package io.diskwright.toolkit.qcow2;

import org.jspecify.annotations.NullMarked;
