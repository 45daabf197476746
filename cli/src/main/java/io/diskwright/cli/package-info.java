/** The command-line program; {@link io.diskwright.cli.Main} starts it. */
@NullMarked
package io.diskwright.cli;

import org.jspecify.annotations.NullMarked;
