/**
 * Reading what an NBD server serves on a local socket: {@link
 * io.diskwright.toolkit.nbd.NbdContent}.
 *
 * <p>The server is not trusted: it may be a tool that a hostile image has taken over. Whatever it
 * sends is bounded and checked, and is nothing but bytes of a disk.
 */
@NullMarked
package io.diskwright.toolkit.nbd;

import org.jspecify.annotations.NullMarked;
