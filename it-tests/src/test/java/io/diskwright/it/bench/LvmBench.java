package io.diskwright.it.bench;

import io.diskwright.it.bench.Row.Timed;
import io.diskwright.it.lvm.Lvm2;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.image.ImageRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Bases and disks on a thin pool, and disks without one, beside lvm2 and qemu-img; run in a guest
 * that has device-mapper.
 *
 * <p>Arguments: the file for the JSON; a file to which a script in lvm2's place writes each command
 * and its nanoseconds, when they are to be counted.
 */
public final class LvmBench {
  private static final long MIB = 1024L * 1024;
  private static final long IMAGE = 256 * MIB;
  private static final long DISK = 1024 * MIB;

  /** So large that lvm2's commands, whose time is the same whatever the image, count for less. */
  private static final long LARGE = 1024 * MIB;

  private static final int ROUNDS = 9;
  private static final List<String> PAST_THE_CACHE = List.of("-t", "none");

  private LvmBench() {}

  /** Measures everything. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("bench");
    Path image = Images.raw(folder.resolve("image.raw"), IMAGE);
    Table table = new Table();
    try (Lvm2 lvm = Lvm2.group("bench", "2G", "16M");
        Library library = Library.onLvm(folder, lvm.name(), Lvm2.THIN_POOL)) {
      if (arguments.length > 1) {
        Path calls = Path.of(arguments[1]);
        count("thin", library, image, calls, table);
        Path large = Images.raw(folder.resolve("large.raw"), LARGE);
        copyAlone(library, lvm, large, calls, List.of(), "<= 1", table);
        copyAlone(library, lvm, large, calls, PAST_THE_CACHE, "-", table);
      } else {
        warm(library, lvm, image, table);
        cold(library, lvm, image, IMAGE, 7, table);
        cold(library, lvm, Images.raw(folder.resolve("large.raw"), LARGE), LARGE, 5, table);
      }
    }
    try (Lvm2 lvm = Lvm2.linear("bench");
        Library library = Library.onLvm(folder.resolve("linear"), lvm.name())) {
      if (arguments.length > 1) {
        count("linear", library, image, Path.of(arguments[1]), table);
      } else {
        linear(library, lvm, image, table);
      }
    }
    Files.writeString(Path.of(arguments[0]), table.json());
  }

  private static void copyAlone(
      Library library,
      Lvm2 lvm,
      Path image,
      Path calls,
      List<String> more,
      String target,
      Table table)
      throws Exception {
    table.add(
        Row.measure(
            "cold raw of 1024 MiB to lvm base, without lvm2's commands",
            ("qemu-img convert -n -W -m 16 " + String.join(" ", more)).strip() + " onto a volume",
            target,
            ROUNDS,
            new WithoutCommands(new Fills(library, image), calls),
            new BareBase(lvm, image, LARGE, true, more)));
  }

  private static void warm(Library library, Lvm2 lvm, Path image, Table table) throws Exception {
    BaseRecord base = library.pull(image);
    Timed ours =
        new Timed() {
          @Override
          public void clear() throws Exception {
            library.delete("disk");
          }

          @Override
          public void run(int round) throws Exception {
            var unused = library.create("disk", image, DISK);
          }
        };
    String bare = lvm.name() + "/bare";
    Timed theirs =
        new Timed() {
          @Override
          public void clear() throws Exception {
            removeBare(lvm);
          }

          @Override
          public void run(int round) throws Exception {
            String origin = lvm.name() + "/dw.base." + base.key().value();
            Shell.run("lvm", "lvcreate", "-s", "-kn", "-n", "bare", origin);
            Shell.run("lvm", "lvextend", "-L", DISK + "b", bare);
          }
        };
    table.add(
        Row.measure(
            "warm lvm create", "lvcreate -s and lvextend, bare", "<= 1.3", 15, ours, theirs));
    ours.clear();
    theirs.clear();
  }

  private static void linear(Library library, Lvm2 lvm, Path image, Table table) throws Exception {
    BaseRecord unused = library.pull(image);
    Timed ours =
        new Timed() {
          @Override
          public void clear() throws Exception {
            library.delete("disk");
          }

          @Override
          public void run(int round) throws Exception {
            var unused = library.create("disk", image, IMAGE);
          }
        };
    Timed theirs =
        new Timed() {
          @Override
          public void clear() throws Exception {
            removeBare(lvm);
          }

          @Override
          public void run(int round) throws Exception {
            lvm.change("lvcreate", "-Zn", "-Wn", "-L", IMAGE + "b", "-n", "new");
            Path device = Path.of("/dev", lvm.name(), "new");
            convert(image, device, PAST_THE_CACHE);
            Shell.run("sync", device.toString());
            Lvm2.run("lvrename", lvm.name(), "new", "bare");
          }
        };
    table.add(
        Row.measure(
            "linear lvm disk of 256 MiB, a quarter data",
            "lvcreate, qemu-img convert -n -W -m 16, lvrename",
            "<= 1",
            9,
            ours,
            theirs));
    ours.clear();
    theirs.clear();
  }

  /** Has qemu-img write an image to a device that is there. */
  private static void convert(Path image, Path device, List<String> more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of("qemu-img", "convert", "-f", "raw", "-O", "raw", "-n", "-W", "-m", "16"));
    command.addAll(more);
    command.addAll(List.of(image.toString(), device.toString()));
    Shell.run(command.toArray(String[]::new));
  }

  private static void removeBare(Lvm2 lvm) throws Exception {
    for (String name : List.of("bare", "new")) {
      if (lvm.volumes().contains(name)) {
        Lvm2.run("lvremove", "-f", lvm.name() + '/' + name);
      }
    }
  }

  /**
   * A base is a volume that is made, written, made read-only and named: beside the writing alone,
   * and beside all of it by hand.
   */
  private static void cold(
      Library library, Lvm2 lvm, Path image, long size, int rounds, Table table) throws Exception {
    String what = "cold raw of %d MiB, a quarter data, to lvm base".formatted(size / MIB);
    Timed ours = new Fills(library, image);
    Timed writing = new BareBase(lvm, image, size, true, List.of());
    table.add(
        Row.measure(
            what, "qemu-img convert -n -W -m 16 onto a volume", "<= 1", rounds, ours, writing));
    Timed all = new BareBase(lvm, image, size, false, List.of());
    table.add(
        Row.measure(what, "lvcreate, the same, lvchange twice, lvrename", "-", rounds, ours, all));
    ours.clear();
    all.clear();
  }

  private record Fills(Library library, Path image) implements Timed {
    @Override
    public void clear() throws Exception {
      library.evictAll();
    }

    @Override
    public void prepare(int round) throws Exception {
      Shell.run("sync");
    }

    @Override
    public void run(int round) throws Exception {
      var unused = library.pull(ImageRequest.of(image.toString()));
    }
  }

  /** A volume with an image, made by hand; or written only, when it is there before. */
  private record BareBase(Lvm2 lvm, Path image, long size, boolean there, List<String> more)
      implements Timed {
    @Override
    public void clear() throws Exception {
      removeBare(lvm);
    }

    @Override
    public void prepare(int round) throws Exception {
      if (there) {
        create();
      }
      Shell.run("sync");
    }

    private void create() throws Exception {
      lvm.change("lvcreate", "-V", size + "b", "--thinpool", Lvm2.THIN_POOL, "-n", "new");
    }

    @Override
    public void run(int round) throws Exception {
      if (!there) {
        create();
      }
      Path device = Path.of("/dev", lvm.name(), "new");
      List<String> options = new ArrayList<>(more);
      options.add("--target-is-zero");
      convert(image, device, options);
      Shell.run("sync", device.toString());
      if (!there) {
        Lvm2.run("lvchange", "-an", lvm.name() + "/new");
        Lvm2.run("lvchange", "-pr", "--addtag", "base", lvm.name() + "/new");
        Lvm2.run("lvrename", lvm.name(), "new", "bare");
      }
    }
  }

  /** What filling a base takes beside the commands of lvm2, which qemu-img alone needs none of. */
  private record WithoutCommands(Fills fills, Path calls) implements Timed {
    @Override
    public void clear() throws Exception {
      fills.clear();
    }

    @Override
    public void prepare(int round) throws Exception {
      fills.prepare(round);
      Files.deleteIfExists(calls);
    }

    @Override
    public void run(int round) throws Exception {
      fills.run(round);
    }

    @Override
    public long notCounted() throws Exception {
      return Command.in(calls).mapToLong(Command::nanos).sum();
    }
  }

  /** A create that finds its base, as the second and every later disk of an image. */
  private static void count(String kind, Library library, Path image, Path calls, Table table)
      throws Exception {
    library.pull(image);
    library.create("first", image, IMAGE + MIB);
    Files.deleteIfExists(calls);
    library.create("second", image, IMAGE + MIB);
    List<String> commands = Command.in(calls).map(Command::name).toList();
    System.out.println("a warm create, %s, runs: %s".formatted(kind, String.join(", ", commands)));
    table.tell("commands of lvm2 for a warm create, " + kind, commands.size(), "processes");
  }

  /** A command of lvm2 that was run, and how long it took. */
  private record Command(String name, long nanos) {
    static Stream<Command> in(Path calls) throws IOException {
      return Files.readAllLines(calls).stream()
          .map(line -> line.split(" "))
          .map(words -> new Command(words[0], Long.parseLong(words[1])));
    }
  }
}
