package io.diskwright.it.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.diskwright.it.bench.Row.Timed;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * First uses of one image by processes that have used the pool already and wait for a word: each
 * makes some disks of the image at once.
 */
final class FirstUses implements Timed {
  private static final long DISK_SIZE = 20L * 1024 * 1024 * 1024;
  private static final int WARM_UP = 100;

  private final Library library;
  private final Path folder;
  private final Path image;
  private final Path other;
  private final int processes;
  private final int disks;
  private final List<Process> users = new ArrayList<>();
  private final List<BufferedReader> outputs = new ArrayList<>();

  /** Takes a pool, its folder, an image, another one, and how many make how many disks each. */
  FirstUses(Library library, Path folder, Path image, Path other, int processes, int disks) {
    this.library = library;
    this.folder = folder;
    this.image = image;
    this.other = other;
    this.processes = processes;
    this.disks = disks;
  }

  @Override
  public void prepare(int round) throws Exception {
    for (Process user : users) {
      int unused = user.waitFor();
    }
    users.clear();
    outputs.clear();
    for (var disk : library.disks()) {
      library.delete(disk.name().value());
    }
    library.evictAll();
    library.pull(other);
    Images.settle(folder);
    for (int i = 0; i < processes; i++) {
      Process user = start(i);
      users.add(user);
      outputs.add(user.inputReader(UTF_8));
    }
    await("ready");
  }

  private Process start(int number) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            FirstUses.class.getName(),
            folder.toString(),
            "user-" + number,
            Integer.toString(disks),
            image.toString(),
            other.toString());
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  @Override
  public void run(int round) throws Exception {
    for (Process user : users) {
      user.getOutputStream().write('\n');
      user.getOutputStream().flush();
    }
    await("done");
  }

  private void await(String word) throws IOException {
    for (BufferedReader output : outputs) {
      String line = output.readLine();
      if (!word.equals(line)) {
        throw new IOException("a user of the image should say " + word + " and says " + line);
      }
    }
  }

  /** Is such a process. Arguments: folder, prefix of names, how many, image, the other image. */
  public static void main(String[] arguments) throws Exception {
    int count = Integer.parseInt(arguments[2]);
    ExecutorService threads = Executors.newFixedThreadPool(count);
    try (Library library = Library.again(Path.of(arguments[0]))) {
      Path image = Path.of(arguments[3]);
      List<Callable<Object>> uses = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String name = arguments[1] + '-' + i;
        uses.add(() -> library.create(name, image, DISK_SIZE));
      }
      for (int i = 0; i < WARM_UP; i++) {
        library.create(arguments[1], Path.of(arguments[4]), DISK_SIZE);
        library.delete(arguments[1]);
      }
      System.out.println("ready");
      if (System.in.read() < 0) {
        throw new IOException("nobody is there");
      }
      for (Future<Object> use : threads.invokeAll(uses)) {
        Object unused = use.get();
      }
      System.out.println("done");
    } finally {
      threads.shutdown();
    }
  }
}
