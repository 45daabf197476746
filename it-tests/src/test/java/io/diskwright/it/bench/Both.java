package io.diskwright.it.bench;

import io.diskwright.it.bench.Row.Timed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Our disks and Nova's, of images of the same content, on the same storage. Each row is a check,
 * too: disks of both must hold what the image holds.
 */
record Both(DiskMaker ours, DiskMaker nova, Path folder, String format, Path content)
    implements AutoCloseable {
  private static final String SHOWN = "shown";
  private static final int BURST = 5;

  /** Disks of an image whose base is there; nothing that takes long is written. */
  Row further(String what, String beside, int rounds, String image) throws Exception {
    return further(what, beside, rounds, BURST, image, Optional.empty());
  }

  /** As above; each disk is written after what the one before it has left is on the storage. */
  Row copies(String what, String beside, int rounds, String image) throws Exception {
    return further(what, beside, rounds, 1, image, Optional.of(folder));
  }

  private Row further(
      String what, String beside, int rounds, int burst, String image, Optional<Path> settled)
      throws Exception {
    check(ours, image);
    check(nova, image);
    Timed mine = new Further(ours, image, settled);
    Timed theirs = new Further(nova, image, settled);
    return Row.measure(what, beside, SHOWN, rounds, burst, mine, theirs);
  }

  private void check(DiskMaker maker, String image) throws Exception {
    maker.create("checked", image);
    compare(maker, "checked");
    maker.delete("checked");
  }

  private void compare(DiskMaker maker, String disk) throws Exception {
    String image = content.toString();
    String made = maker.qemuFile(disk);
    Shell.run("qemu-img", "compare", "-f", "raw", "-F", format, image, made);
  }

  /** First disks of images, one for each round and one more. */
  Row first(String what, String beside, List<String> images) throws Exception {
    int rounds = images.size() - 1;
    Timed mine = new First(ours, images, folder);
    Timed theirs = new First(nova, images, folder);
    Row row = Row.measure(what, beside, SHOWN, rounds, mine, theirs);
    compare(ours, First.disk(rounds));
    compare(nova, First.disk(rounds));
    return row;
  }

  /** A disk of an image that is new to its maker; those before it stay. */
  private record First(DiskMaker maker, List<String> images, Path folder) implements Timed {
    static String disk(int round) {
      return "first-" + round;
    }

    @Override
    public void prepare(int round) throws Exception {
      Images.settle(folder);
    }

    @Override
    public void run(int round) throws Exception {
      maker.create(disk(round), images.get(round));
    }
  }

  /** A disk that is gone again before the next is made. */
  private static final class Further implements Timed {
    private static final String DISK = "further";

    private final DiskMaker maker;
    private final String image;
    private final Optional<Path> settled;
    private boolean made;

    Further(DiskMaker maker, String image, Optional<Path> settled) {
      this.maker = maker;
      this.image = image;
      this.settled = settled;
    }

    @Override
    public void clear() throws Exception {
      if (made) {
        maker.delete(DISK);
        made = false;
      }
    }

    @Override
    public void prepare(int round) throws Exception {
      if (settled.isPresent()) {
        Images.settle(settled.get());
      }
    }

    @Override
    public void run(int round) throws Exception {
      maker.create(DISK, image);
      made = true;
    }
  }

  @Override
  public void close() throws IOException {
    try (ours) {
      nova.close();
    }
  }
}
