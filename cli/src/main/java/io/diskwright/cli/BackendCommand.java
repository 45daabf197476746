package io.diskwright.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.diskwright.core.discovery.LoadedProvider;
import io.diskwright.core.discovery.ProviderProblem;
import io.diskwright.core.discovery.Providers;
import io.diskwright.spi.Provider;
import io.diskwright.spi.error.DiskException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
    name = "backend",
    addMethodSubcommands = false,
    description = "Backends: the kinds of storage that there are.")
final class BackendCommand {
  private final Session session;

  BackendCommand(Session session) {
    this.session = session;
  }

  @Command(
      description =
          "Lists the backends and image sources, whether this host can run them, and why others"
              + " cannot be used.")
  int list() throws DiskException {
    Providers providers = session.providers();
    session
        .output()
        .write(
            out -> print(out, providers),
            json -> {
              write(json, "backends", providers.backends());
              write(json, "sources", providers.sources());
              writeProblems(json, providers.problems());
            });
    return 0;
  }

  private static void print(PrintWriter out, Providers providers) {
    table("BACKEND", providers.backends()).print(out);
    out.println();
    table("IMAGE SOURCE", providers.sources()).print(out);
    if (!providers.problems().isEmpty()) {
      out.println();
      out.println("Not usable:");
      providers.problems().forEach(problem -> out.println("  " + problem));
    }
  }

  private static TextTable table(
      String heading, List<? extends LoadedProvider<? extends Provider>> providers) {
    TextTable table = TextTable.headed(heading, "VERSION", "SPI", "RUNS HERE", "JAR");
    for (LoadedProvider<?> provider : providers) {
      table.row(
          provider.id(),
          provider.version(),
          Integer.toString(provider.spiVersion()),
          provider.availability().yes() ? "yes" : "no: " + provider.availability().reason(),
          provider.jar());
    }
    return table;
  }

  private static void write(
      JsonGenerator json, String name, List<? extends LoadedProvider<? extends Provider>> providers)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (LoadedProvider<?> provider : providers) {
      json.writeStartObject();
      json.writeStringField("id", provider.id());
      json.writeStringField("version", provider.version());
      json.writeNumberField("spiVersion", provider.spiVersion());
      json.writeBooleanField("available", provider.availability().yes());
      json.writeStringField("reason", provider.availability().reason());
      json.writeStringField("jar", provider.jar());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writeProblems(JsonGenerator json, List<ProviderProblem> problems)
      throws IOException {
    json.writeArrayFieldStart("problems");
    for (ProviderProblem problem : problems) {
      json.writeStartObject();
      json.writeStringField("kind", problem.kind().toString());
      json.writeStringField("id", problem.id());
      json.writeStringField("class", problem.className());
      json.writeStringField("jar", problem.jar());
      json.writeStringField("message", problem.message());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
