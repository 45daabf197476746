package io.diskwright.toolkit.process;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * A program of the host that Diskwright may run.
 *
 * @param name the program's name
 * @param debianPackage the Debian package that has it, for the remedy
 */
public record Tool(String name, String debianPackage) {
  /** QEMU's tool for images. */
  public static final Tool QEMU_IMG = new Tool("qemu-img", "qemu-utils");

  /** QEMU's server of images. */
  public static final Tool QEMU_NBD = new Tool("qemu-nbd", "qemu-utils");

  /** Returns where it is on the search path. */
  public Optional<Path> find() {
    String search = System.getenv("PATH");
    return Arrays.stream((search == null ? "/usr/bin:/bin" : search).split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Returns where it is.
   *
   * @param tried what needs it, as it would follow "cannot"
   * @throws DiskException with reason {@code UNAVAILABLE} when it is not on the search path
   */
  public Path require(String tried) throws DiskException {
    return find()
        .orElseThrow(
            () ->
                DiskException.of(Reason.UNAVAILABLE, tried)
                    .said("the program %s is not on the search path".formatted(name))
                    .remedy(remedy())
                    .build());
  }

  /** Returns how to get it. */
  public String remedy() {
    return "install it, on Debian with: apt-get install " + debianPackage;
  }
}
