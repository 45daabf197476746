package io.diskwright.cli;

import io.diskwright.core.Pool;
import io.diskwright.core.cache.Verification;
import io.diskwright.core.cache.Verification.State;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "verify",
    description = {
      "Reads bases again and compares them with what was published; zeros cost nothing.",
      "Exit code 15 when one is damaged, 0 when none is."
    })
final class BaseVerifyCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(
      arity = "0..*",
      paramLabel = "KEY",
      description = BaseCommand.KEY + " Else all of them.")
  private List<KeyPrefix> prefixes = new ArrayList<>();

  BaseVerifyCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DiskException {
    Pool pool = session.pool();
    Call call = session.longCall();
    List<Verification> found = new ArrayList<>();
    for (BaseRecord base : chosen(pool)) {
      found.add(pool.verify(base, call));
    }
    TextTable table = TextTable.headed("KEY", "STATE", "IMAGE", "DETAIL");
    for (Verification one : found) {
      table.row(
          BaseView.shortKey(one.base().key()), word(one.state()), one.base().image(), one.detail());
    }
    session
        .output()
        .write(
            out -> {
              table.print(out);
              if (isDamaged(found)) {
                out.println(
                    "Evict what is damaged, so that it is cached again: diskwright base evict KEY."
                        + " Disks that depend on it read what it reads.");
              }
            },
            json -> {
              json.writeStringField("pool", pool.name().value());
              json.writeArrayFieldStart("bases");
              for (Verification one : found) {
                json.writeStartObject();
                json.writeStringField("key", one.base().key().value());
                json.writeStringField("image", one.base().image());
                json.writeStringField("state", word(one.state()));
                json.writeStringField("detail", one.detail());
                json.writeEndObject();
              }
              json.writeEndArray();
            });
    return isDamaged(found) ? Reason.CORRUPT.exitCode() : 0;
  }

  private static boolean isDamaged(List<Verification> found) {
    return found.stream().anyMatch(one -> one.state() == State.DAMAGED);
  }

  private List<BaseRecord> chosen(Pool pool) throws DiskException {
    if (prefixes.isEmpty()) {
      return pool.bases(session.shortCall());
    }
    Map<BaseKey, BaseRecord> chosen = new LinkedHashMap<>();
    for (KeyPrefix prefix : prefixes) {
      BaseRecord base = prefix.findBase(pool, "verify base", session.shortCall());
      chosen.put(base.key(), base);
    }
    return List.copyOf(chosen.values());
  }

  private static String word(State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
