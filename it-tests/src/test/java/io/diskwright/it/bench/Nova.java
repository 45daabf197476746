package io.diskwright.it.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * The disks of a host with nova-compute: Nova's own code, in a process of its own that waits for
 * commands, as {@code it-tests/nova/nova-disks} says.
 */
final class Nova implements DiskMaker {
  private static final String DONE = "done ";

  private final Map<String, String> paths = new HashMap<>();
  private final Process process;
  private final BufferedReader answers;

  private Nova(Process process) {
    this.process = process;
    this.answers = process.inputReader(UTF_8);
  }

  /**
   * Starts it.
   *
   * @param command the program, with {@code nova.conf} in the folder, and how it logs in
   * @param folder where its configuration and its instances are to be
   * @param libvirt the options of {@code [libvirt]} that say what kind of disks it makes
   */
  static Nova start(List<String> command, Path folder, String libvirt) throws IOException {
    Files.createDirectories(folder.resolve("instances"));
    Files.writeString(
        folder.resolve("nova.conf"),
        """
        [DEFAULT]
        instances_path = %s
        log_file = %s
        [libvirt]
        %s
        """
            .formatted(folder.resolve("instances"), folder.resolve("nova.log"), libvirt));
    ProcessBuilder builder = new ProcessBuilder(command);
    Nova nova = new Nova(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
    String word = nova.answers.readLine();
    if (!"ready".equals(word)) {
      nova.close();
      throw new IOException("Nova's code should say ready, and says " + word);
    }
    return nova;
  }

  private static String instance(String name) {
    return UUID.nameUUIDFromBytes(name.getBytes(UTF_8)).toString();
  }

  @Override
  public void create(String name, String image) throws IOException {
    paths.put(name, tell("create %s %s %d".formatted(instance(name), image, NovaBench.DISK_GIB)));
  }

  @Override
  public void delete(String name) throws IOException {
    tell("delete " + instance(name));
    paths.remove(name);
  }

  private String tell(String command) throws IOException {
    process.getOutputStream().write((command + '\n').getBytes(UTF_8));
    process.getOutputStream().flush();
    String answer = answers.readLine();
    if (answer == null || !answer.startsWith(DONE)) {
      throw new IOException("Nova's code: %s: %s".formatted(command, answer));
    }
    return answer.substring(DONE.length());
  }

  @Override
  public String qemuFile(String name) {
    return Objects.requireNonNull(paths.get(name));
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      int unused = process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
    }
  }
}
