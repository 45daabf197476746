package io.diskwright.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.diskwright.core.Pool;
import io.diskwright.core.cache.KeptBase;
import io.diskwright.core.cache.PrunePolicy;
import io.diskwright.core.cache.Pruned;
import io.diskwright.spi.backend.BaseUsage;
import io.diskwright.spi.error.DiskException;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "prune",
    description = {
      "Lets go of bases that are not needed: never of one that disks depend on, or that is pinned.",
      "What is not given is taken from the pool's settings."
    })
final class BasePruneCommand implements Callable<Integer> {
  private final Session session;

  @Nullable
  @Option(
      names = "--unused-for",
      paramLabel = "TIME",
      description = "Those go of which no disk was made for this long, such as 7d.")
  private Duration unusedFor;

  @Nullable
  @Option(
      names = "--max-size",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "While all bases together take up more, the least recently used ones go too.")
  private Long maxSize;

  @Nullable
  @Option(
      names = "--min-age",
      paramLabel = "TIME",
      description = "Those stay that were made less than this ago.")
  private Duration minAge;

  @Option(names = "--dry-run", description = "Says what would go, and lets go of nothing.")
  private boolean dryRun;

  BasePruneCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DiskException {
    Pool pool = session.pool();
    PrunePolicy policy = policy(pool.prunePolicy());
    Pruned pruned =
        dryRun
            ? pool.planPrune(policy, session.longCall())
            : pool.prune(policy, session.longCall());
    session
        .output()
        .write(
            out -> print(out, pruned),
            json -> {
              json.writeStringField("pool", pool.name().value());
              json.writeBooleanField("dryRun", dryRun);
              json.writeNumberField("freed", pruned.freed());
              write(json, pruned);
            });
    return 0;
  }

  private PrunePolicy policy(PrunePolicy configured) {
    return new PrunePolicy(
        Objects.requireNonNullElse(unusedFor, configured.unusedFor()),
        maxSize == null ? configured.maxSize() : OptionalLong.of(maxSize),
        Objects.requireNonNullElse(minAge, configured.minAge()));
  }

  private void print(PrintWriter out, Pruned pruned) {
    TextTable table = TextTable.headed("KEY", "ALLOCATED", "RESULT", "IMAGE");
    for (BaseUsage base : pruned.gone()) {
      row(table, base, dryRun ? "would go" : "gone");
    }
    for (KeptBase kept : pruned.kept()) {
      row(table, kept.usage(), "stays: " + kept.reason());
    }
    table.print(out);
    out.printf(
        "%s %d (%s), stay %d%n",
        dryRun ? "would go" : "gone",
        pruned.gone().size(),
        Bytes.text(pruned.freed()),
        pruned.kept().size());
  }

  private static void row(TextTable table, BaseUsage usage, String result) {
    table.row(
        BaseView.shortKey(usage.base().key()),
        Bytes.text(usage.allocated()),
        result,
        usage.base().image());
  }

  private static void write(JsonGenerator json, Pruned pruned) throws IOException {
    json.writeArrayFieldStart("gone");
    for (BaseUsage base : pruned.gone()) {
      BaseView.start(json, base);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("kept");
    for (KeptBase kept : pruned.kept()) {
      BaseView.start(json, kept.usage());
      json.writeStringField("reason", kept.reason());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
