/**
 * What Diskwright survives: being killed at every system call and at random instants, and many
 * processes that work on one pool at once.
 */
@NullMarked
package io.diskwright.it.survive;

import org.jspecify.annotations.NullMarked;
