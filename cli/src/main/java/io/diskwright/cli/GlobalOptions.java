package io.diskwright.cli;

import io.diskwright.spi.backend.PoolName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Stack;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** The program itself, and the options that every command takes, before or after its name. */
@Command(
    name = "diskwright",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    abbreviateSynopsis = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Makes a virtual machine's disk out of an image, on whatever storage there is.")
final class GlobalOptions {
  enum Style {
    TEXT,
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Nullable
  @Option(
      names = "--config",
      order = 101,
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "The configuration. Else $$DISKWRIGHT_CONFIG, the user's, the system's, or the built-in one.")
  Path config;

  @Nullable
  @Option(
      names = "--pool",
      order = 102,
      paramLabel = "POOL",
      scope = ScopeType.INHERIT,
      description = "The pool. Else the configuration's default pool.")
  PoolName pool;

  @Option(
      names = "-o",
      order = 103,
      paramLabel = "KEY=VALUE",
      parameterConsumer = Collector.class,
      scope = ScopeType.INHERIT,
      description = "Overrides the configuration, such as pools.local.path=/x. Repeatable.")
  final List<String> overrides = new ArrayList<>();

  @Nullable
  @Option(
      names = "--os-cloud",
      order = 104,
      paramLabel = "CLOUD",
      scope = ScopeType.INHERIT,
      description = "The cloud of clouds.yaml whose Glance has the images. Else $$OS_CLOUD.")
  String cloud;

  @Nullable
  @Option(
      names = "--deadline",
      order = 105,
      paramLabel = "TIME",
      scope = ScopeType.INHERIT,
      description =
          "How long it may take, such as 30s, 10m, 2h. Else 24 hours for disk create, resize, delete, flatten and"
              + " extract and for image pull, and 1 minute for all others.")
  Duration deadline;

  @Option(
      names = "--output",
      order = 106,
      paramLabel = "STYLE",
      scope = ScopeType.INHERIT,
      description = "How results and errors are written: text (default) or json.")
  Style output = Style.TEXT;

  @Option(
      names = {"-q", "--quiet"},
      order = 107,
      scope = ScopeType.INHERIT,
      description = "Writes results and errors only.")
  boolean quiet;

  @Option(
      names = {"-v", "--verbose"},
      order = 108,
      scope = ScopeType.INHERIT,
      description = "Logs what is done, and shows where an error comes from.")
  boolean verbose;

  @Option(
      names = "--no-progress",
      order = 109,
      scope = ScopeType.INHERIT,
      description = "Shows no progress. Else it is shown when stderr is a terminal.")
  boolean noProgress;

  /**
   * Collects what is given before and after the command's name; else the latter would replace it.
   */
  static final class Collector implements IParameterConsumer {
    @Override
    public void consumeParameters(Stack<String> words, ArgSpec option, CommandSpec command) {
      if (words.isEmpty()) {
        throw new ParameterException(command.commandLine(), "-o needs KEY=VALUE", option, "");
      }
      ((GlobalOptions) command.root().userObject()).overrides.add(words.pop());
    }
  }

  /** Returns what overrides the configuration; what an option of its own says comes last. */
  List<String> overrides() {
    List<String> all = new ArrayList<>(overrides);
    if (cloud != null) {
      all.add("sources.glance.cloud=" + cloud);
    }
    return all;
  }

  boolean json() {
    return output == Style.JSON;
  }
}
