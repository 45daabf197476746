package io.diskwright.it.survive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;

/** What one worker has begun and what was acknowledged to it, on storage before it goes on. */
final class Journal implements AutoCloseable {
  private static final String START = "start";
  private static final String DONE = "done";
  static final String CREATE = "create";
  static final String GROW = "grow";
  static final String DELETE = "delete";

  private final FileChannel file;

  private Journal(FileChannel file) {
    this.file = file;
  }

  static Journal open(Path path) throws IOException {
    Journal journal =
        new Journal(
            FileChannel.open(
                path,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND));
    journal.write("\n"); // after a line that a killed worker has not finished
    return journal;
  }

  void start(String what, String disk, long size) throws IOException {
    write("%s %s %s %d .\n".formatted(START, what, disk, size));
  }

  void done(String what, String disk, long size) throws IOException {
    write("%s %s %s %d .\n".formatted(DONE, what, disk, size));
  }

  private void write(String line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
    file.force(false);
  }

  /**
   * What is known of a disk.
   *
   * @param must whether it was acknowledged, and nobody has begun to delete it since
   * @param may whether it may be there
   * @param least its least size when it is there
   */
  record Known(boolean must, boolean may, long least) {
    private Known after(String step, String what, long size) {
      boolean done = step.equals(DONE);
      return switch (what) {
        case CREATE -> new Known(must || done, true, done ? Math.max(least, size) : least);
        case GROW -> done ? new Known(must, may, Math.max(least, size)) : this;
        case DELETE -> new Known(false, !done, 0);
        default -> throw new IllegalArgumentException(what);
      };
    }
  }

  /** Reads what is known of every disk that a worker has had to do with. */
  static Map<String, Known> read(Path path) throws IOException {
    Map<String, Known> known = new TreeMap<>();
    if (Files.exists(path)) {
      for (String line : Files.readAllLines(path)) {
        String[] words = line.split(" ", -1);
        if (words.length == 5) {
          Known before = known.getOrDefault(words[2], new Known(false, false, 0));
          known.put(words[2], before.after(words[0], words[1], Long.parseLong(words[3])));
        }
      }
    }
    return known;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
