package io.diskwright.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.diskwright.core.provision.Refusal;
import java.io.IOException;
import java.util.List;

/** Shows the faster ways that were refused, of a plan or of what was done. */
final class Refusals {
  private Refusals() {}

  static void addTo(TextTable table, List<Refusal> refusals) {
    String label = "refused";
    for (Refusal refusal : refusals) {
      table.row(label, refusal.way() + ": " + refusal.reason());
      label = "";
    }
  }

  /** Writes the member {@code refusals}. */
  static void write(JsonGenerator json, List<Refusal> refusals) throws IOException {
    json.writeArrayFieldStart("refusals");
    for (Refusal refusal : refusals) {
      json.writeStartObject();
      json.writeStringField("way", refusal.way());
      json.writeStringField("reason", refusal.reason());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
