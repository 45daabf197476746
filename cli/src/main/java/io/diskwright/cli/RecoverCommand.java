package io.diskwright.cli;

import io.diskwright.core.Pool;
import io.diskwright.spi.backend.Recovery;
import io.diskwright.spi.error.DiskException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
    name = "recover",
    description = "Sweeps what killed calls left behind on a pool, also while others use it.")
final class RecoverCommand implements Callable<Integer> {
  private final Session session;

  RecoverCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DiskException {
    Pool pool = session.pool();
    Recovery recovery = pool.recover(session.longCall());
    session
        .output()
        .write(
            out -> {
              print(out, "swept", recovery.swept());
              print(out, "restored", recovery.restored());
              print(out, "kept", recovery.kept());
            },
            json -> {
              json.writeStringField("pool", pool.name().value());
              Output.writeStrings(json, "swept", recovery.swept());
              Output.writeStrings(json, "restored", recovery.restored());
              Output.writeStrings(json, "kept", recovery.kept());
            });
    return 0;
  }

  private static void print(PrintWriter out, String what, List<String> things) {
    out.println(things.size() + " " + what);
    things.forEach(thing -> out.println("  " + thing));
  }
}
