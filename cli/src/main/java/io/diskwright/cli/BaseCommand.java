package io.diskwright.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.diskwright.core.Pool;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "base",
    addMethodSubcommands = false,
    description = "Bases: a pool's cache of images.")
final class BaseCommand {
  private static final int SHOWN_DIGITS = 12;

  private final Session session;

  BaseCommand(Session session) {
    this.session = session;
  }

  @Command(description = "Lists a pool's bases, oldest first.")
  int list() throws DiskException {
    Pool pool = session.pool();
    List<BaseRecord> bases = pool.bases();
    TextTable table = TextTable.headed("KEY", "VIRTUAL SIZE", "FORMAT", "CREATED", "IMAGE");
    for (BaseRecord base : bases) {
      table.row(
          shortKey(base.key()),
          Bytes.text(base.virtualSize()),
          base.format().id(),
          DiskView.time(base.created()),
          base.image());
    }
    session
        .output()
        .write(
            table::print,
            json -> {
              json.writeStringField("pool", pool.name().value());
              json.writeArrayFieldStart("bases");
              for (BaseRecord base : bases) {
                write(json, base);
              }
              json.writeEndArray();
            });
    return 0;
  }

  /** Returns the first digits of a key, which tell bases apart. */
  static String shortKey(BaseKey key) {
    return key.value().substring(0, SHOWN_DIGITS);
  }

  @Command(description = "Takes a base out of the cache, unless disks depend on it.")
  int evict(
      @Parameters(
              paramLabel = "KEY",
              description = "The base's key, or its first digits: 6 or more, that no other has.")
          KeyPrefix prefix)
      throws DiskException {
    Pool pool = session.pool();
    BaseKey key = find(pool, prefix);
    Eviction eviction = pool.evict(key, session.shortCall());
    String became =
        switch (eviction) {
          case REMOVED -> "is gone";
          case RETIRED -> "is found no more, and goes with the last disk that lives on it";
          case ABSENT -> "was not there";
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

  private static BaseKey find(Pool pool, KeyPrefix prefix) throws DiskException {
    if (prefix.isWhole()) {
      return new BaseKey(prefix.digits());
    }
    List<String> keys =
        pool.bases().stream()
            .map(base -> base.key().value())
            .filter(key -> key.startsWith(prefix.digits()))
            .toList();
    if (keys.size() == 1) {
      return new BaseKey(keys.get(0));
    }
    Reason reason = keys.isEmpty() ? Reason.NOT_FOUND : Reason.INVALID_REQUEST;
    throw DiskException.of(reason, "find base")
        .pool(pool.name().value())
        .resource(prefix.digits())
        .said(
            keys.isEmpty()
                ? "no base has a key that begins so"
                : "%d bases have keys that begin so: %s"
                    .formatted(keys.size(), String.join(", ", keys)))
        .remedy(
            keys.isEmpty() ? "see: diskwright base list --pool " + pool.name() : "give more digits")
        .build();
  }

  /** Writes a base as an object. */
  static void write(JsonGenerator json, BaseRecord base) throws IOException {
    json.writeStartObject();
    json.writeStringField("key", base.key().value());
    json.writeStringField("format", base.format().id());
    json.writeNumberField("length", base.length());
    json.writeNumberField("virtualSize", base.virtualSize());
    json.writeStringField("image", base.image());
    json.writeStringField("imageFormat", base.imageFormat().id());
    json.writeStringField("verified", base.verified());
    json.writeStringField("storageId", base.storageId());
    json.writeStringField("createdAt", base.created().toString());
    json.writeEndObject();
  }
}
