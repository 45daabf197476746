/**
 * Being let in by an OpenStack cloud. {@link io.diskwright.source.openstack.Clouds} reads {@code
 * clouds.yaml} and {@code OS_*}; a {@link io.diskwright.source.openstack.Session} gets tokens from
 * Keystone (Identity API v3) and finds services in its catalogue.
 */
@NullMarked
package io.diskwright.source.openstack;

import org.jspecify.annotations.NullMarked;
