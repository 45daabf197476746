package io.diskwright.cli;

import io.diskwright.core.Pool;
import io.diskwright.core.config.ConfigValue;
import io.diskwright.core.config.Configuration;
import io.diskwright.core.config.PoolConfig;
import io.diskwright.spi.backend.Finding;
import io.diskwright.spi.backend.PoolIdentity;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.backend.PoolUsage;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "pool",
    addMethodSubcommands = false,
    description = "Pools: configured places for disks.")
final class PoolCommand {
  private static final String POOL = "The pool's name. Else --pool, or the default pool.";

  private final Session session;

  PoolCommand(Session session) {
    this.session = session;
  }

  @Command(description = "Lists the configured pools. Opens none.")
  int list() throws DiskException {
    Configuration configuration = session.diskwright().configuration();
    TextTable table = TextTable.headed("NAME", "BACKEND", "DEFAULT");
    for (PoolConfig pool : configuration.pools().values()) {
      table.row(pool.name().value(), pool.backend(), isDefault(configuration, pool) ? "yes" : "");
    }
    session
        .output()
        .write(
            table::print,
            json -> {
              json.writeArrayFieldStart("pools");
              for (PoolConfig pool : configuration.pools().values()) {
                json.writeStartObject();
                json.writeStringField("name", pool.name().value());
                json.writeStringField("backend", pool.backend());
                json.writeBooleanField("default", isDefault(configuration, pool));
                json.writeEndObject();
              }
              json.writeEndArray();
            });
    return 0;
  }

  private static boolean isDefault(Configuration configuration, PoolConfig pool) {
    return pool.name().value().equals(configuration.defaultPool());
  }

  @Command(description = "Shows a pool: what it is, how full, and its settings.")
  int show(
      @Nullable @Parameters(arity = "0..1", paramLabel = "POOL", description = POOL) PoolName given)
      throws DiskException {
    Pool pool = open(given);
    PoolIdentity identity = pool.identity();
    PoolUsage usage = pool.usage(session.shortCall());
    List<ConfigValue> settings =
        Objects.requireNonNull(
                session.diskwright().configuration().pools().get(pool.name().value()))
            .values();
    session
        .output()
        .write(
            out -> {
              TextTable table =
                  new TextTable(2)
                      .row("pool", pool.name().value())
                      .row("backend", identity.backend())
                      .row("uuid", identity.uuid().toString())
                      .row("layout", Integer.toString(identity.layoutVersion()))
                      .row("capacity", Bytes.exact(usage.capacity()))
                      .row("free", Bytes.exact(usage.free()));
              table.print(out);
              out.println();
              ConfigCommand.table(settings).print(out);
            },
            json -> {
              json.writeObjectFieldStart("pool");
              json.writeStringField("name", pool.name().value());
              json.writeStringField("backend", identity.backend());
              json.writeStringField("uuid", identity.uuid().toString());
              json.writeNumberField("layoutVersion", identity.layoutVersion());
              json.writeNumberField("capacity", usage.capacity());
              json.writeNumberField("free", usage.free());
              ConfigCommand.write(json, "settings", settings);
              json.writeEndObject();
            });
    return 0;
  }

  @Command(
      description = {
        "Looks whether everything that a pool needs is there.",
        "Exit code 10 when something is not, 0 when all is well."
      })
  int check(
      @Nullable @Parameters(arity = "0..1", paramLabel = "POOL", description = POOL) PoolName given)
      throws DiskException {
    Pool pool = open(given);
    List<Finding> findings = pool.check(session.shortCall());
    boolean ok = findings.stream().allMatch(finding -> finding.answer().yes());
    TextTable table = TextTable.headed("OK", "WHAT", "FOUND");
    for (Finding finding : findings) {
      boolean well = finding.answer().yes();
      table.row(
          well ? "yes" : "NO",
          finding.subject(),
          well ? finding.note() : join(finding.answer().reason(), finding.note()));
    }
    session
        .output()
        .write(
            table::print,
            json -> {
              json.writeStringField("pool", pool.name().value());
              json.writeBooleanField("ok", ok);
              json.writeArrayFieldStart("findings");
              for (Finding finding : findings) {
                json.writeStartObject();
                json.writeStringField("subject", finding.subject());
                json.writeBooleanField("ok", finding.answer().yes());
                json.writeStringField("reason", finding.answer().reason());
                json.writeStringField("note", finding.note());
                json.writeEndObject();
              }
              json.writeEndArray();
            });
    return ok ? 0 : Reason.UNAVAILABLE.exitCode();
  }

  private static String join(String reason, String note) {
    return note.isEmpty() ? reason : reason + " (" + note + ")";
  }

  private Pool open(@Nullable PoolName given) throws DiskException {
    return given == null ? session.pool() : session.diskwright().pool(given);
  }
}
