package io.diskwright.it.survive;

/**
 * Something that is asked of a pool by a process of its own, and what must be true of the pool
 * whatever stops it.
 *
 * @param name what it does
 * @param every of which calls one is to be killed at: 1 for each
 * @param before brings a fresh pool to where it begins
 * @param request what is asked; asked again, it goes on
 * @param held fails unless the pool is what it may be when the process that asked was stopped
 * @param done fails unless it is done, and all of it
 */
record RequestScenario(
    String name,
    int every,
    Scenario.Step before,
    Scenario.Step request,
    Scenario.Step held,
    Scenario.Step done) {
  RequestScenario(
      String name,
      Scenario.Step before,
      Scenario.Step request,
      Scenario.Step held,
      Scenario.Step done) {
    this(name, 1, before, request, held, done);
  }

  RequestScenario atOneCallIn(int calls) {
    return new RequestScenario(name, calls, before, request, held, done);
  }
}
