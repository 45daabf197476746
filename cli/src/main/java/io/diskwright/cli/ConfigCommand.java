package io.diskwright.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.diskwright.core.config.ConfigProblem;
import io.diskwright.core.config.ConfigValue;
import io.diskwright.core.config.Configuration;
import io.diskwright.core.config.PoolConfig;
import io.diskwright.core.config.SourceConfig;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
    name = "config",
    addMethodSubcommands = false,
    description = "The configuration: check it, show it.")
final class ConfigCommand {
  private final Session session;

  ConfigCommand(Session session) {
    this.session = session;
  }

  @Command(
      description = {
        "Lists everything that is wrong with the configuration.",
        "Exit code 13 when anything is, 0 when nothing is."
      })
  int check() throws DiskException {
    List<ConfigProblem> problems = session.configuration().check();
    session
        .output()
        .write(
            out -> {
              problems.forEach(out::println);
              if (problems.isEmpty()) {
                out.println("nothing is wrong");
              }
            },
            json -> {
              json.writeBooleanField("ok", problems.isEmpty());
              json.writeArrayFieldStart("problems");
              for (ConfigProblem problem : problems) {
                json.writeStartObject();
                json.writeStringField("where", problem.where());
                json.writeStringField("message", problem.message());
                json.writeEndObject();
              }
              json.writeEndArray();
            });
    return problems.isEmpty() ? 0 : Reason.CONFIGURATION.exitCode();
  }

  @Command(description = "Shows every value and where it is written. Never shows a secret.")
  int show() throws DiskException {
    Configuration configuration = session.diskwright().configuration();
    session
        .output()
        .write(
            out -> print(out, configuration),
            json -> {
              json.writeStringField("origin", configuration.origin());
              json.writeStringField("defaultPool", configuration.defaultPool());
              json.writeArrayFieldStart("pools");
              for (PoolConfig pool : configuration.pools().values()) {
                json.writeStartObject();
                json.writeStringField("name", pool.name().value());
                write(json, "settings", pool.values());
                json.writeEndObject();
              }
              json.writeEndArray();
              json.writeArrayFieldStart("sources");
              for (SourceConfig source : configuration.sources().values()) {
                json.writeStartObject();
                json.writeStringField("id", source.id());
                write(json, "settings", source.values());
                json.writeEndObject();
              }
              json.writeEndArray();
            });
    return 0;
  }

  private static void print(PrintWriter out, Configuration configuration) {
    out.println("configuration: " + configuration.origin());
    table(List.of(configuration.defaultPoolValue())).print(out);
    for (PoolConfig pool : configuration.pools().values()) {
      out.println();
      out.println("pool " + pool.name());
      table(pool.values()).print(out);
    }
    for (SourceConfig source : configuration.sources().values()) {
      if (!source.values().isEmpty()) {
        out.println();
        out.println("image source " + source.id());
        table(source.values()).print(out);
      }
    }
  }

  static TextTable table(List<ConfigValue> values) {
    TextTable table = TextTable.headed("KEY", "VALUE", "WRITTEN IN");
    for (ConfigValue value : values) {
      table.row(value.key(), value.value(), value.origin());
    }
    return table;
  }

  /** Writes an array of values. */
  static void write(JsonGenerator json, String name, List<ConfigValue> values) throws IOException {
    json.writeArrayFieldStart(name);
    for (ConfigValue value : values) {
      json.writeStartObject();
      json.writeStringField("key", value.key());
      json.writeStringField("value", value.value());
      json.writeStringField("origin", value.origin());
      json.writeBooleanField("secret", value.secret());
      json.writeBooleanField("default", value.isDefault());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
