package io.diskwright.it.contract;

import io.diskwright.spi.backend.Attachment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A program of QEMU's that has a disk open, and that is told things by QMP; one thread. */
final class Qemu implements AutoCloseable {
  /** The node of the disk's guest-visible bytes. */
  static final String NODE = "disk";

  private final Process process;
  private final BufferedReader answers;
  private final OutputStream commands;

  private Qemu(Process process) throws IOException {
    this.process = process;
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.commands = process.getOutputStream();
    String greeting = answers.readLine();
    if (greeting == null || !greeting.contains("\"QMP\"")) {
      process.destroyForcibly();
      throw new IOException("QEMU says: " + greeting);
    }
    tell("{\"execute\": \"qmp_capabilities\"}");
  }

  /** Starts a virtual machine, paused before its first instruction, that has the disk. */
  static Qemu machine(Attachment disk) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("qemu-system-x86_64", "-machine", "q35,accel=tcg", "-m", "64", "-nodefaults"));
    command.addAll(blockdevs(disk, "-blockdev"));
    command.addAll(List.of("-device", "virtio-blk-pci,drive=" + NODE));
    command.addAll(List.of("-display", "none", "-S", "-qmp", "stdio"));
    return start(command);
  }

  /** Starts qemu-storage-daemon, which has the disk, with more options. */
  static Qemu storageDaemon(Attachment disk, String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of("qemu-storage-daemon"));
    command.addAll(blockdevs(disk, "--blockdev"));
    command.addAll(List.of(options));
    command.addAll(List.of("--chardev", "stdio,id=qmp", "--monitor", "chardev=qmp"));
    return start(command);
  }

  private static Qemu start(List<String> command) throws IOException {
    return new Qemu(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  /** The disk as its attachment says that it is reached, whatever the storage. */
  private static List<String> blockdevs(Attachment disk, String option) {
    return List.of(
        option,
        json(Map.of("node-name", "protocol"), disk.protocolNode()),
        option,
        json(
            Map.of("node-name", NODE, "driver", disk.format().id()),
            Map.of("file", "protocol", "discard", "unmap")));
  }

  private static String json(Map<String, Object> first, Map<String, Object> more) {
    return Stream.of(first, more)
        .flatMap(map -> map.entrySet().stream())
        .map(entry -> "\"%s\": %s".formatted(entry.getKey(), value(entry.getValue())))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String value(Object value) {
    return value instanceof String text
        ? '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"'
        : value.toString();
  }

  /** Tells it that its disk is larger. */
  void resize(long size) throws IOException {
    tell(
        "{\"execute\": \"block_resize\", \"arguments\": {\"node-name\": \"%s\", \"size\": %d}}"
            .formatted(NODE, size));
  }

  /** Sends a QMP command, and fails unless QEMU carries it out. */
  private void tell(String command) throws IOException {
    commands.write((command + '\n').getBytes(StandardCharsets.UTF_8));
    commands.flush();
    String answer = answers.readLine();
    while (answer != null && answer.contains("\"event\"")) {
      answer = answers.readLine();
    }
    if (answer == null || !answer.contains("\"return\"")) {
      throw new IOException("QEMU says to %s: %s".formatted(command, answer));
    }
  }

  @Override
  public void close() throws IOException {
    commands.write("{\"execute\": \"quit\"}\n".getBytes(StandardCharsets.UTF_8));
    commands.flush();
    String answer = answers.readLine();
    while (answer != null) {
      answer = answers.readLine();
    }
    int status = process.onExit().join().exitValue();
    if (status != 0) {
      throw new IOException("QEMU ended with status " + status);
    }
  }
}
