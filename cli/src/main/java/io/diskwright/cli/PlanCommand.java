package io.diskwright.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.diskwright.core.provision.Plan;
import io.diskwright.core.provision.PlannedStep;
import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.error.DiskException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "plan", description = "Says what disk create would do, and does nothing.")
final class PlanCommand implements Callable<Integer> {
  private final Session session;
  @Mixin private final DiskRequestOptions options = new DiskRequestOptions();

  PlanCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DiskException {
    PoolName pool = session.poolName();
    ProvisionRequest request = options.request(pool);
    Plan plan = session.diskwright().plan(request, session.shortCall());
    session
        .output()
        .write(
            out -> table(request, pool, plan).print(out), json -> write(json, request, pool, plan));
    return 0;
  }

  private static TextTable table(ProvisionRequest request, PoolName pool, Plan plan) {
    TextTable table = new TextTable(2);
    table.row("disk", request.name().value()).row("pool", pool.value());
    if (plan.steps().isEmpty()) {
      table.row("plan", "nothing to do: it is already there");
    }
    String label = "plan";
    for (PlannedStep step : plan.steps()) {
      table.row(
          label,
          "%s %s, at most %s".formatted(step.name(), step.detail(), Bytes.text(step.bytes())));
      label = "";
    }
    Refusals.addTo(table, plan.refusals());
    return table;
  }

  private static void write(JsonGenerator json, ProvisionRequest request, PoolName pool, Plan plan)
      throws IOException {
    json.writeStringField("name", request.name().value());
    json.writeStringField("pool", pool.value());
    json.writeBooleanField("exists", plan.steps().isEmpty());
    json.writeArrayFieldStart("steps");
    for (PlannedStep step : plan.steps()) {
      json.writeStartObject();
      json.writeStringField("name", step.name());
      json.writeStringField("detail", step.detail());
      json.writeNumberField("bytes", step.bytes());
      json.writeEndObject();
    }
    json.writeEndArray();
    Refusals.write(json, plan.refusals());
  }
}
