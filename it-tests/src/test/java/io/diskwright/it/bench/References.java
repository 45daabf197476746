package io.diskwright.it.bench;

import io.diskwright.it.bench.Row.Timed;
import java.nio.file.Files;
import java.nio.file.Path;

/** What others do, timed: copies, conversions and downloads by the usual programs. */
final class References {
  private References() {}

  /** Something that writes files, which are gone whenever something starts. */
  private static Timed writing(Action action, Path... files) {
    return new Timed() {
      @Override
      public void clear() throws Exception {
        for (Path file : files) {
          Files.deleteIfExists(file);
        }
      }

      @Override
      public void prepare(int round) throws Exception {
        Images.settle(Path.of(String.valueOf(files[0].getParent())));
      }

      @Override
      public void run(int round) throws Exception {
        action.run();
      }
    };
  }

  @FunctionalInterface
  private interface Action {
    void run() throws Exception;
  }

  static Timed copy(Path source, Path target, boolean sync) {
    return writing(
        () -> {
          Shell.run("cp", "--sparse=always", source.toString(), target.toString());
          if (sync) {
            Shell.run("sync", target.toString());
          }
        },
        target);
  }

  static Timed convert(Path qcow2, Path target) {
    return writing(() -> convertNow(qcow2, target), target);
  }

  static Timed download(String url, Path target) {
    return writing(
        () -> {
          Shell.run("curl", "-sSf", "-o", target.toString(), url);
          Shell.run("sync", target.toString());
        },
        target);
  }

  static Timed downloadAndConvert(String url, Path copy, Path target) {
    return writing(
        () -> {
          Shell.run("curl", "-sSf", "-o", copy.toString(), url);
          convertNow(copy, target);
        },
        copy,
        target);
  }

  private static void convertNow(Path qcow2, Path target) throws Exception {
    String from = qcow2.toString();
    String to = target.toString();
    Shell.run("qemu-img", "convert", "-f", "qcow2", "-O", "raw", "-m", "16", "-W", from, to);
    Shell.run("sync", to);
  }
}
