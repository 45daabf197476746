package io.diskwright.cli;

import io.diskwright.core.export.FallbackHost;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.backend.SnapshotName;
import io.diskwright.spi.config.Durations;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Digest;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Makes the tree of commands.
 *
 * <p>Reading all of their annotations would be most of what a short command takes. So where a
 * command line has the name of one or more commands as a word, only those are made.
 */
final class Commands {
  private final Session session;
  private final List<String> words;

  private Commands(Session session, List<String> words) {
    this.session = session;
    this.words = words;
  }

  /**
   * Returns the program with all commands that a command line may mean.
   *
   * @param options takes the values of the options that every command has
   * @param session what commands work with
   * @param words the command line
   */
  static CommandLine of(GlobalOptions options, Session session, String... words) {
    CommandLine root = new Commands(session, Arrays.asList(words)).root(options);
    setVersion(root, new Version());
    root.getCommandSpec().usageMessage().exitCodeListHeading("%nExit codes:%n");
    root.getCommandSpec().usageMessage().exitCodeList(exitCodes());
    return root.setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(DiskName.class, checked(DiskName::new))
        .registerConverter(PoolName.class, checked(PoolName::new))
        .registerConverter(SnapshotName.class, checked(SnapshotName::new))
        .registerConverter(TargetDevice.class, checked(TargetDevice::new))
        .registerConverter(KeyPrefix.class, checked(KeyPrefix::new))
        .registerConverter(DiskFormat.class, checked(DiskFormat::of))
        .registerConverter(Digest.class, checked(Digest::parse))
        .registerConverter(FallbackHost.class, checked(FallbackHost::new))
        .registerConverter(Duration.class, checked(Durations::parse));
  }

  private CommandLine root(GlobalOptions options) {
    Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();
    commands.put("disk", this::disk);
    commands.put("image", () -> group(new ImageCommand(session), "inspect", "pull"));
    commands.put("base", this::base);
    commands.put("plan", () -> new CommandLine(new PlanCommand(session)));
    commands.put("pool", () -> group(new PoolCommand(session), "list", "show", "check"));
    commands.put("recover", () -> new CommandLine(new RecoverCommand(session)));
    commands.put("backend", () -> group(new BackendCommand(session), "list"));
    commands.put("config", () -> group(new ConfigCommand(session), "check", "show"));
    commands.put(CompletionCommand.NAME, () -> new CommandLine(new CompletionCommand(session)));
    return add(new CommandLine(options), commands);
  }

  private CommandLine disk() {
    DiskCommand disk = new DiskCommand(session);
    Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();
    commands.put("create", () -> new CommandLine(new DiskCreateCommand(session)));
    putMethods(commands, disk, "show", "list", "resize", "flatten", "delete", "attach", "extract");
    commands.put(
        "snapshot",
        () -> group(new SnapshotCommand(session), "create", "list", "rollback", "delete"));
    return add(new CommandLine(disk), commands);
  }

  private CommandLine base() {
    BaseCommand base = new BaseCommand(session);
    Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();
    putMethods(commands, base, "list", "evict", "pin", "unpin");
    commands.put("verify", () -> new CommandLine(new BaseVerifyCommand(session)));
    commands.put("export", () -> new CommandLine(new BaseExportCommand(session)));
    commands.put("prune", () -> new CommandLine(new BasePruneCommand(session)));
    return add(new CommandLine(base), commands);
  }

  private CommandLine group(Object group, String... methods) {
    Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();
    putMethods(commands, group, methods);
    return add(new CommandLine(group), commands);
  }

  private static void putMethods(
      Map<String, Supplier<CommandLine>> commands, Object group, String... methods) {
    for (String name : methods) {
      commands.put(name, () -> new CommandLine(method(group, name)));
    }
  }

  private static Method method(Object group, String name) {
    return CommandLine.getCommandMethods(group.getClass(), name).get(0);
  }

  private CommandLine add(CommandLine parent, Map<String, Supplier<CommandLine>> commands) {
    boolean all =
        words.contains(CompletionCommand.NAME) || words.stream().noneMatch(commands::containsKey);
    commands.forEach(
        (name, command) -> {
          if (all || words.contains(name)) {
            parent.addSubcommand(name, command.get());
          }
        });
    return parent;
  }

  /** Only now: a command that inherits it would ask it, and so look for all backends. */
  private static void setVersion(CommandLine command, Version version) {
    command.getCommandSpec().versionProvider(version);
    command.getSubcommands().values().forEach(each -> setVersion(each, version));
  }

  /** Lets picocli say which argument it is that has a bad value. */
  static <T> ITypeConverter<T> checked(ITypeConverter<T> parser) {
    return text -> {
      try {
        return parser.convert(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    };
  }

  private static Map<String, String> exitCodes() {
    Map<Integer, StringJoiner> reasons = new LinkedHashMap<>();
    for (Reason reason : Reason.values()) {
      reasons.computeIfAbsent(reason.exitCode(), code -> new StringJoiner(", ")).add(reason.id());
    }
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("0", "done");
    reasons.forEach((code, ids) -> lines.put(code.toString(), ids.toString()));
    return lines;
  }
}
