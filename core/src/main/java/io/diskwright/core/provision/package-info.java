/**
 * The flow that makes a disk: find it, resolve the image, clone it or cache its base once, make the
 * disk, publish it. {@link io.diskwright.core.provision.ProvisionRequest} goes in, {@link
 * io.diskwright.core.provision.ProvisionResult} comes out; {@link
 * io.diskwright.core.provision.Provisioner} is what {@code Diskwright} calls.
 */
@NullMarked
package io.diskwright.core.provision;

import org.jspecify.annotations.NullMarked;
