/**
 * Raw disks as files: a reflink of the base where the file system can, else a sparse copy. {@link
 * io.diskwright.backend.raw.RawBackendProvider} is what {@link java.util.ServiceLoader} finds.
 */
@NullMarked
package io.diskwright.backend.raw;

import org.jspecify.annotations.NullMarked;
