/** The walls between the modules, checked over all built classes and over what is shipped. */
@NullMarked
package io.diskwright.it.arch;

import org.jspecify.annotations.NullMarked;
