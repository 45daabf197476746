package io.diskwright.it.survive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** How the program dies: at a system call of its own or of a tool that it has started. */
interface Death {
  /** Says how the program is started, its calls written to a log. */
  ScenarioRun.Start traced(Path log);

  /** Says how the program is started, which dies at the n-th of one call. */
  ScenarioRun.Start at(String call, int n);

  /**
   * Whoever calls is killed: the program with all its threads, or a tool, whose end the program
   * then has to deal with.
   */
  static Death ofTheCaller(Cli cli) {
    return new Death() {
      @Override
      public ScenarioRun.Start traced(Path log) {
        return cli.traced(SystemCalls.tracing(log));
      }

      @Override
      public ScenarioRun.Start at(String call, int n) {
        return cli.traced(SystemCalls.killing(call, n));
      }
    };
  }

  /**
   * Tool and program are killed together, when the tool calls.
   *
   * @param folder where a script is put that goes for qemu-img
   */
  static Death ofToolAndProgram(Cli cli, Path folder) {
    return new Death() {
      @Override
      public ScenarioRun.Start traced(Path log) {
        return withTool(SystemCalls.tracing(log));
      }

      @Override
      public ScenarioRun.Start at(String call, int n) {
        return withTool(SystemCalls.killing(call, n));
      }

      private ScenarioRun.Start withTool(List<String> strace) {
        return (config, command) -> {
          writeTool(strace);
          ProcessBuilder builder = new ProcessBuilder(cli.command(config, command));
          builder
              .environment()
              .merge("PATH", folder.toString(), (path, first) -> first + ':' + path);
          return builder;
        };
      }

      private void writeTool(List<String> strace) throws IOException {
        Path tool = folder.resolve("qemu-img");
        Files.writeString(
            tool,
            """
            #!/bin/sh
            %s %s "$@"
            status=$?
            [ $status -ne 137 ] || kill -KILL $PPID
            exit $status
            """
                .formatted(String.join(" ", strace), Program.find("qemu-img")));
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    };
  }
}
