package io.diskwright.it.survive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A scenario that the program went through, or was stopped in. One thread. */
final class ScenarioRun {
  private final Scenarios pool;
  private final Scenario scenario;
  private final boolean stays;
  private final Program.End end;

  private ScenarioRun(Scenarios pool, Scenario scenario, boolean stays, Program.End end) {
    this.pool = pool;
    this.scenario = scenario;
    this.stays = stays;
    this.end = end;
  }

  /** Says how the program is started for a command. */
  @FunctionalInterface
  interface Start {
    ProcessBuilder of(Path config, List<String> command) throws IOException;
  }

  /** Brings the pool to where the scenario begins, and runs the program to its end. */
  static ScenarioRun of(Scenarios pool, Scenario scenario, Start start) throws IOException {
    List<String> command;
    boolean stays;
    try (TestPool before = TestPool.open(pool.home())) {
      scenario.before().with(before);
      command = scenario.command().of(before);
      stays = pool.hasWhatStays(before);
    }
    ProcessBuilder program = start.of(TestPool.config(pool.home()), command);
    return new ScenarioRun(pool, scenario, stays, Program.end(program));
  }

  Program.End end() {
    return end;
  }

  boolean isDone() {
    return end.status() == 0;
  }

  /** Fails unless the program has cleared up after itself, but for a record of what is gone. */
  void assertNothingIsLeft() throws IOException {
    try (TestPool after = TestPool.open(pool.home())) {
      assertThat(after.strays())
          .as("left behind by a program that said: %s", end)
          .allMatch(file -> file.endsWith(".gone") || file.endsWith(".space"));
    }
  }

  /**
   * Fails unless the pool is right, the same request finishes, and nothing is left then; looks with
   * the eyes of a process that has not seen the program work.
   */
  void assertIsSurvived(boolean recoverFirst) throws IOException {
    try (TestPool after = TestPool.open(pool.home())) {
      pool.assertNothingElseChanged(after, stays);
      scenario.held().with(after);
      if (recoverFirst) {
        after.assertRecoversToNothing();
        scenario.held().with(after);
      }
      if (!isDone()) {
        scenario.again().with(after);
      }
      scenario.done().with(after);
      after.assertRecoversToNothing();
      pool.assertNothingElseChanged(after, stays);
    }
  }
}
