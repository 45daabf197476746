package io.diskwright.core.event;

import io.diskwright.spi.error.Reason;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.StackTrace;

/**
 * What the Flight Recorder gets of a {@link PoolEvent}; a subclass for each kind is in {@link
 * JfrEvents}.
 *
 * <p>It must not name its subclasses: JDK 17 looks into it while it loads the first of them.
 */
@Category("Diskwright")
@StackTrace(false)
abstract class JfrEvent extends Event {
  @Label("Pool")
  String pool = "";

  @Label("Resource")
  @Description("A disk's name, a base's key, the name of what is locked, or the pool's name")
  String resource = "";

  @Label("Way")
  @Description("How it was done; of a wait, what was locked")
  String way = "";

  @Label("Bytes")
  @Description("Bytes moved, or the base's length")
  @DataAmount(DataAmount.BYTES)
  long bytes;

  @Label("Count")
  @Description("How many things a sweep removed or restored")
  long count;

  @Label("Failure")
  @Description("The reason of the failure, empty when it did not fail")
  String failure = "";

  @Label("Detail")
  String detail = "";

  final void record(PoolEvent event) {
    pool = event.pool().value();
    resource = event.resource();
    way = event.way();
    bytes = event.bytes();
    count = event.count();
    failure = event.failure().map(Reason::id).orElse("");
    detail = event.detail();
    commit();
  }
}
