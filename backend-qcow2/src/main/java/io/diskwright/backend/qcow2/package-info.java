/**
 * qcow2 disks as files: overlays on a base, which we write ourselves. {@link
 * io.diskwright.backend.qcow2.Qcow2BackendProvider} is what {@link java.util.ServiceLoader} finds.
 */
@NullMarked
package io.diskwright.backend.qcow2;

import org.jspecify.annotations.NullMarked;
