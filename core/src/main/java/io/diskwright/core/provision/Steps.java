package io.diskwright.core.provision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects what one call does; one thread. */
final class Steps {
  private static final Logger LOG = LoggerFactory.getLogger(Steps.class);

  private final List<Step> done = new ArrayList<>();
  private final List<Refusal> refusals = new ArrayList<>();

  /** Forgets all: it is begun again. */
  void restart() {
    done.clear();
    refusals.clear();
  }

  void add(String name, String detail, long bytesMoved, long startNanos) {
    done.add(new Step(name, detail, bytesMoved, Duration.ofNanos(System.nanoTime() - startNanos)));
  }

  void refuse(String way, String reason) {
    LOG.info("not by {}: {}", way, reason);
    refusals.add(new Refusal(way, reason));
  }

  List<Step> done() {
    return done;
  }

  List<Refusal> refusals() {
    return refusals;
  }
}
