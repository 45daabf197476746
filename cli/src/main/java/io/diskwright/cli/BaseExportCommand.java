package io.diskwright.cli;

import io.diskwright.core.Pool;
import io.diskwright.core.fill.Verified;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.util.Comparator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "export",
    description = {
      "Writes a base to stdout for another host, which reads it as that of a fallback host.",
      "It is checked on the way; what is not whole is known as such by who reads it."
    })
final class BaseExportCommand implements Callable<Integer> {
  private static final String TRIED = "export base";

  private final Session session;

  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Spec
  private CommandSpec command;

  @SuppressWarnings("NullAway.Init") // picocli requires it
  @Parameters(
      paramLabel = "BASE",
      description = {
        "The image that it was made from, as base list shows it, such as glance:ID: the base"
            + " of it that was filled from it, whose digest was verified, the youngest. Or the base's key, or its first digits."
      })
  private String base;

  BaseExportCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DiskException {
    if (Terminal.isStdout()) {
      throw new ParameterException(
          command.commandLine(), "a base is no text: send stdout to a file or another program");
    }
    Pool pool = session.pool();
    BaseRecord chosen = base.contains(":") ? ofImage(pool) : ofKey(pool);
    pool.export(chosen, session.bytes(), session.longCall());
    return 0;
  }

  private BaseRecord ofImage(Pool pool) throws DiskException {
    return pool.bases(session.shortCall()).stream()
        .filter(each -> each.image().equals(base))
        .max(
            Comparator.comparing((BaseRecord each) -> !Verified.of(each).exported())
                .thenComparing(each -> Verified.of(each).digest().isPresent())
                .thenComparing(BaseRecord::created))
        .orElseThrow(() -> missing(pool));
  }

  private BaseRecord ofKey(Pool pool) throws DiskException {
    try {
      return new KeyPrefix(base).findBase(pool, TRIED, session.shortCall());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  private DiskException missing(Pool pool) {
    return DiskException.of(Reason.NOT_FOUND, TRIED)
        .pool(pool.name().value())
        .resource(base)
        .said("there is no base of this image")
        .remedy("see: diskwright base list --pool " + pool.name())
        .build();
  }
}
