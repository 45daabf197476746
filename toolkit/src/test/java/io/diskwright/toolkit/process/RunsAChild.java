package io.diskwright.toolkit.process;

import io.diskwright.spi.call.Call;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The main class of a JVM that waits for a child. */
final class RunsAChild {
  private RunsAChild() {}

  public static void main(String[] arguments) throws Exception {
    ChildProcess child =
        ChildProcess.of("wait for a child", Path.of("/bin/sh"), List.of("-c", arguments[0]));
    System.out.println(child.run(Call.within(Duration.ofMinutes(10))));
  }
}
