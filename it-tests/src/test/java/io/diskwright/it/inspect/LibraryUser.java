package io.diskwright.it.inspect;

import io.diskwright.it.support.Host;
import io.diskwright.spi.error.DiskException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A program that uses the library: makes a disk of each image of a list, and says how it went. */
final class LibraryUser {
  private LibraryUser() {}

  public static void main(String[] arguments) throws IOException {
    List<String> images = Files.readAllLines(Path.of(arguments[1]));
    try (Host host = Host.open(Path.of(arguments[0]), "raw")) {
      for (int i = 0; i < images.size(); i++) {
        try {
          var unused = host.create("disk" + i, Path.of(images.get(i)));
          System.out.println("made");
        } catch (DiskException e) {
          System.out.println(e.reason() + " " + e.getMessage());
        }
      }
      System.out.println(host.pool().disks(Host.call()).size() + " disks");
    }
  }
}
