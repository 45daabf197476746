/** Images of a real Glance, with a real Keystone in front of it. */
@NullMarked
package io.diskwright.it.glance;

import org.jspecify.annotations.NullMarked;
