package io.diskwright.it.survive;

import java.io.IOException;
import java.util.List;

/**
 * Something that the program does, and what must be true of the pool whatever stops it.
 *
 * @param name what it does
 * @param before brings the pool to where it begins, whatever an earlier run left
 * @param command the program's arguments, given the pool as it is then
 * @param held fails unless the pool is what it may be when the program has been stopped
 * @param again does the same through the library
 * @param done fails unless it is done, and all of it
 */
record Scenario(String name, Step before, Command command, Step held, Step again, Step done) {
  /** Something that is done with a pool, or looked at. */
  @FunctionalInterface
  interface Step {
    void with(TestPool pool) throws IOException;
  }

  /** Says what the program is to do. */
  @FunctionalInterface
  interface Command {
    List<String> of(TestPool pool) throws IOException;
  }
}
