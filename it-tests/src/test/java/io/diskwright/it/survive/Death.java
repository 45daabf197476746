package io.diskwright.it.survive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** How the program dies: at a system call of its own or of a tool that it has started. */
interface Death {
  /** Returns the program, its calls written to a log. */
  ProcessBuilder traced(Path log, List<String> program) throws IOException;

  /** Returns the program, which dies at the n-th of one call. */
  ProcessBuilder at(String call, int n, List<String> program) throws IOException;

  /**
   * Whoever calls is killed: the program with all its threads, or a tool, whose end the program
   * then has to deal with.
   */
  static Death ofTheCaller() {
    return new Death() {
      @Override
      public ProcessBuilder traced(Path log, List<String> program) {
        return new ProcessBuilder(both(SystemCalls.tracing(log), program));
      }

      @Override
      public ProcessBuilder at(String call, int n, List<String> program) {
        return new ProcessBuilder(both(SystemCalls.killing(call, n), program));
      }
    };
  }

  /**
   * Tool and program are killed together, when the tool calls.
   *
   * @param folder where a script is put that goes for qemu-img
   */
  static Death ofToolAndProgram(Path folder) {
    return new Death() {
      @Override
      public ProcessBuilder traced(Path log, List<String> program) throws IOException {
        return withTool(SystemCalls.tracing(log), program);
      }

      @Override
      public ProcessBuilder at(String call, int n, List<String> program) throws IOException {
        return withTool(SystemCalls.killing(call, n), program);
      }

      private ProcessBuilder withTool(List<String> strace, List<String> program)
          throws IOException {
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
        ProcessBuilder builder = new ProcessBuilder(program);
        builder.environment().merge("PATH", folder.toString(), (path, first) -> first + ':' + path);
        return builder;
      }
    };
  }

  private static List<String> both(List<String> first, List<String> second) {
    List<String> both = new ArrayList<>(first);
    both.addAll(second);
    return both;
  }
}
