package io.diskwright.cli;

import io.diskwright.spi.error.DiskException;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = CompletionCommand.NAME,
    description = {
      "Prints a script that completes commands and options in bash and zsh.",
      "To use it: source <(diskwright completion)"
    })
final class CompletionCommand implements Callable<Integer> {
  static final String NAME = "completion";

  private final Session session;

  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Spec
  private CommandSpec command;

  CompletionCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DiskException {
    CommandSpec root = command.root();
    String script = AutoComplete.bash(root.name(), root.commandLine());
    session
        .output()
        .write(out -> out.print(script), json -> json.writeStringField("completion", script));
    return 0;
  }
}
