/** Violations of every rule, to prove that the rules can fail; never used. */
package io.diskwright.it.arch.planted;
