package io.diskwright.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.core.provision.Step;
import io.diskwright.spi.error.DiskException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "create",
    description = "Makes a disk from an image, or a blank one. The same again finds it.")
final class DiskCreateCommand implements Callable<Integer> {
  private final Session session;
  @Mixin private final DiskRequestOptions options = new DiskRequestOptions();

  DiskCreateCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DiskException {
    ProvisionResult result =
        session.diskwright().provision(options.request(session.poolName()), session.longCall());
    session.output().write(out -> table(result).print(out), json -> write(json, result));
    return 0;
  }

  private static TextTable table(ProvisionResult result) {
    TextTable table = DiskView.table(result.disk());
    table.row("created", result.created() ? "yes" : "no, it was already there");
    String label = "how";
    for (Step step : result.steps()) {
      table.row(
          label,
          "%s %s, %s in %s"
              .formatted(
                  step.name(), step.detail(), Bytes.text(step.bytesMoved()), seconds(step.took())));
      label = "";
    }
    Refusals.addTo(table, result.refusals());
    return table;
  }

  private static String seconds(Duration took) {
    return took.toMillis() < 1000
        ? took.toMillis() + " ms"
        : took.toSeconds() + "." + took.toMillisPart() / 100 + " s";
  }

  private static void write(JsonGenerator json, ProvisionResult result) throws IOException {
    DiskView.write(json, result.disk());
    json.writeBooleanField("created", result.created());
    json.writeNumberField("bytesMoved", result.bytesMoved());
    json.writeArrayFieldStart("steps");
    for (Step step : result.steps()) {
      json.writeStartObject();
      json.writeStringField("name", step.name());
      json.writeStringField("detail", step.detail());
      json.writeNumberField("bytesMoved", step.bytesMoved());
      json.writeNumberField("seconds", step.took().toNanos() / 1e9);
      json.writeEndObject();
    }
    json.writeEndArray();
    Refusals.write(json, result.refusals());
  }
}
