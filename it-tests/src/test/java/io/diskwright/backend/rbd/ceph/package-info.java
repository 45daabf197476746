/** The layer over librados and librbd, on a real cluster. */
@NullMarked
package io.diskwright.backend.rbd.ceph;

import org.jspecify.annotations.NullMarked;
