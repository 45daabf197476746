package io.diskwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class HelpTest {
  private static final Path DOCS = Path.of("../docs/cli.md");

  @Test
  void everyCommandHasHelp() {
    for (CommandLine command : commands()) {
      String name = command.getCommandSpec().qualifiedName();
      String[] words = (name + " --help").split(" ", -1);
      Cli.Result help = Cli.runBare(Arrays.copyOfRange(words, 1, words.length));

      assertThat(help.exitCode()).isZero();
      assertThat(help.err()).isEmpty();
      assertThat(help.out()).as(name).startsWith("Usage: " + name + " ");
      assertThat(command.getCommandSpec().usageMessage().description()).as(name).isNotEmpty();
      assertThat(command.getCommandSpec().args())
          .as(name)
          .allSatisfy(argument -> assertThat(argument.description()).isNotEmpty());
    }
  }

  @Test
  void versionSaysTheVersionOfTheSpiAndTheBackends() {
    assertThat(Cli.runBare("--version").out())
        .startsWith("diskwright ")
        .contains("\nSPI version 0\n")
        .contains("\nbackend raw ");
  }

  @Test
  void everyCommandIsDocumented() throws IOException {
    String docs = Files.readString(DOCS);

    for (CommandLine command : commands()) {
      if (command.getSubcommands().isEmpty()) {
        assertThat(docs).contains(command.getCommandSpec().qualifiedName());
      }
    }
  }

  @Test
  void everyExitCodeIsDocumented() throws IOException {
    List<String> documented =
        Files.readAllLines(DOCS).stream()
            .filter(line -> line.matches("\\| \\d+ \\| `[a-z-]+` \\|.*"))
            .map(line -> line.replaceFirst("\\| (\\d+) \\| `([a-z-]+)` \\|.*", "$1 $2"))
            .toList();

    assertThat(documented)
        .containsExactlyElementsOf(
            Arrays.stream(Reason.values())
                .map(reason -> reason.exitCode() + " " + reason.id())
                .toList());
  }

  private static List<CommandLine> commands() {
    GlobalOptions options = new GlobalOptions();
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    Session session =
        new Session(options, OutputStream.nullOutputStream(), nowhere, nowhere, new Cancellation());
    List<CommandLine> commands = new ArrayList<>();
    commands.add(Commands.of(options, session));
    for (int i = 0; i < commands.size(); i++) {
      commands.addAll(commands.get(i).getSubcommands().values());
    }
    assertThat(commands).hasSizeGreaterThan(25);
    return commands;
  }
}
