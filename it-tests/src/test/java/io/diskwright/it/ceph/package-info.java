/** The program on pools of a real Ceph cluster: its whole flow, clients that die, and bad input. */
@NullMarked
package io.diskwright.it.ceph;

import org.jspecify.annotations.NullMarked;
