package io.diskwright.it.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.diskwright.core.provision.Disk;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.concurrent.TimeUnit;

/**
 * A machine that has a disk open, attached by what {@link Disk#qemuBlockdev} says; its guest does
 * not run.
 */
public final class Machine implements AutoCloseable {
  private final Process process;
  private final BufferedReader answers;
  private final Writer commands;

  private Machine(Process process) {
    this.process = process;
    this.answers = process.inputReader(UTF_8);
    this.commands = process.outputWriter(UTF_8);
  }

  /** Starts one, with the disk as node {@code root}. */
  public static Machine start(Disk disk) throws IOException {
    Process process =
        new ProcessBuilder(
                Tools.require("qemu-system-x86_64").toString(),
                "-nodefaults",
                "-S",
                "-machine",
                "pc,accel=tcg",
                "-m",
                "64",
                "-display",
                "none",
                "-blockdev",
                disk.qemuBlockdev("root"),
                "-device",
                "virtio-blk-pci,id=vda,drive=root",
                "-qmp",
                "stdio")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Machine machine = new Machine(process);
    String greeting = machine.answers.readLine();
    if (greeting == null || !greeting.contains("QMP")) {
      throw new AssertionError("qemu-system-x86_64 did not start: " + greeting);
    }
    String unused = machine.tell("{\"execute\": \"qmp_capabilities\"}");
    return machine;
  }

  /**
   * Runs a QMP command, which must succeed; returns the answer, and what QEMU printed before it.
   */
  public String tell(String command) throws IOException {
    commands.write(command + "\n");
    commands.flush();
    StringBuilder heard = new StringBuilder();
    for (String line = answers.readLine(); line != null; line = answers.readLine()) {
      heard.append(line).append('\n');
      if (line.contains("\"return\"")) {
        return heard.toString();
      }
      if (line.contains("\"error\"")) {
        break;
      }
    }
    throw new AssertionError("%s: %s".formatted(command, heard));
  }

  /** Reads or writes as the guest, by a command of qemu-io, which prints what is wrong. */
  public void guest(String command) throws IOException {
    String answer =
        tell(
            "{\"execute\": \"human-monitor-command\", \"arguments\": {\"command-line\": \"qemu-io"
                + " -d /machine/peripheral/vda/virtio-backend \\\"%s\\\"\"}}".formatted(command));
    if (!answer.contains("65536/65536 bytes") || answer.contains("failed")) {
      throw new AssertionError("%s: %s".formatted(command, answer));
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
