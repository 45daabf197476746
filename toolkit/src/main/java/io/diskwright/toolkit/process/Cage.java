package io.diskwright.toolkit.process;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a program runs that reads an image whose bytes nobody vouches for: with limits, without
 * network and rights, and with a file system of its own in which there is nothing but programs, the
 * image and one path that it may write.
 *
 * <p>Whatever the host does not offer is left out; {@link CageSupport#ofHost} says what. A cage
 * ends with the run, and with us. Immutable; any thread.
 */
public final class Cage {
  private static final Path IMAGE_INSIDE = Path.of("/image");
  private static final Path OPEN_IMAGE = Path.of("/proc/self/fd/0");
  private static final Path TARGET_INSIDE = Path.of("/target");

  private final Path image;
  private final Optional<Path> target;
  private final CageLimits limits;
  private final CageSupport support;

  private Cage(Path image, Optional<Path> target, CageLimits limits, CageSupport support) {
    this.image = image;
    this.target = target;
    this.limits = limits;
    this.support = support;
  }

  /**
   * Describes a cage in which nothing can be written.
   *
   * @param image a path to the image, such as {@link io.diskwright.spi.image.Content#path} gives
   * @param limits what the program may use
   */
  public static Cage around(Path image, CageLimits limits) {
    return around(image, limits, CageSupport.ofHost());
  }

  static Cage around(Path image, CageLimits limits, CageSupport support) {
    return new Cage(image, Optional.empty(), limits, support);
  }

  /**
   * Describes the same cage with a path that can be written.
   *
   * @param path a file or folder of ours; when we are root, it belongs to the cage's user while the
   *     cage is there
   */
  public Cage writing(Path path) {
    return new Cage(image, Optional.of(path), limits, support);
  }

  /** Returns by which path the program finds the image. */
  public Path image() {
    return support.has(CagePart.FILES) ? IMAGE_INSIDE : OPEN_IMAGE;
  }

  /**
   * Returns by which path the program finds what it may write.
   *
   * @throws IllegalStateException when there is no such path
   */
  public Path target() {
    Path path =
        target.orElseThrow(() -> new IllegalStateException("nothing in this cage can be written"));
    return support.has(CagePart.FILES) ? TARGET_INSIDE : path;
  }

  Path imageOutside() {
    return image;
  }

  Optional<Path> targetOutside() {
    return target;
  }

  CageLimits limits() {
    return limits;
  }

  CageSupport support() {
    return support;
  }
}
