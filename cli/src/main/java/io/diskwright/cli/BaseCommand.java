package io.diskwright.cli;

import io.diskwright.core.Pool;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseUsage;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.error.DiskException;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "base",
    addMethodSubcommands = false,
    description = "Bases: a pool's cache of images.")
final class BaseCommand {
  static final String KEY = "The base's key, or its first digits: 6 or more, that no other has.";

  private final Session session;

  BaseCommand(Session session) {
    this.session = session;
  }

  @Command(
      description =
          "Lists a pool's bases, oldest first: what they cost and how many disks use them.")
  int list() throws DiskException {
    Pool pool = session.pool();
    List<BaseUsage> bases = pool.baseUsage(session.shortCall());
    TextTable table =
        TextTable.headed(
            "KEY", "VIRTUAL SIZE", "ALLOCATED", "FORMAT", "LAST USED", "USERS", "PIN", "IMAGE");
    for (BaseUsage usage : bases) {
      table.row(
          BaseView.shortKey(usage.base().key()),
          Bytes.text(usage.base().virtualSize()),
          Bytes.text(usage.allocated()),
          usage.base().format().id(),
          DiskView.time(usage.lastUsed()),
          Integer.toString(usage.users().size()),
          usage.pinned() ? "yes" : "-",
          usage.base().image());
    }
    session
        .output()
        .write(
            table::print,
            json -> {
              json.writeStringField("pool", pool.name().value());
              json.writeArrayFieldStart("bases");
              for (BaseUsage usage : bases) {
                BaseView.start(json, usage);
                json.writeEndObject();
              }
              json.writeEndArray();
            });
    return 0;
  }

  @Command(description = "Takes a base out of the cache, unless disks depend on it.")
  int evict(@Parameters(paramLabel = "KEY", description = KEY) KeyPrefix prefix)
      throws DiskException {
    Pool pool = session.pool();
    BaseKey key = prefix.find(pool, session.shortCall());
    Eviction eviction = pool.evict(key, session.shortCall());
    String became =
        switch (eviction) {
          case REMOVED -> "is gone";
          case RETIRED -> "is found no more, and goes with the last disk that lives on it";
          case ABSENT -> "was not there";
          case IN_USE -> "stays, because disks depend on it";
        };
    session
        .output()
        .write(
            out -> out.println("base " + key + " " + became),
            json -> {
              json.writeStringField("key", key.value());
              json.writeStringField("pool", pool.name().value());
              json.writeStringField("result", eviction.name().toLowerCase(Locale.ROOT));
            });
    return 0;
  }

  @Command(description = "Keeps a base from being pruned.")
  int pin(@Parameters(paramLabel = "KEY", description = KEY) KeyPrefix prefix)
      throws DiskException {
    return pin(prefix, true);
  }

  @Command(description = "Lets a base be pruned again.")
  int unpin(@Parameters(paramLabel = "KEY", description = KEY) KeyPrefix prefix)
      throws DiskException {
    return pin(prefix, false);
  }

  private int pin(KeyPrefix prefix, boolean pinned) throws DiskException {
    Pool pool = session.pool();
    BaseKey key = prefix.find(pool, session.shortCall());
    pool.pin(key, pinned, session.shortCall());
    session
        .output()
        .write(
            out -> out.println("base " + key + (pinned ? " is pinned" : " is not pinned")),
            json -> {
              json.writeStringField("key", key.value());
              json.writeStringField("pool", pool.name().value());
              json.writeBooleanField("pinned", pinned);
            });
    return 0;
  }
}
