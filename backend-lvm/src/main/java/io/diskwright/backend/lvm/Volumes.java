package io.diskwright.backend.lvm;

import io.diskwright.backend.lvm.lvm2.Volume;
import io.diskwright.backend.lvm.lvm2.VolumeNames;
import io.diskwright.spi.backend.DiskName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What there was in a volume group when lvm2 was asked.
 *
 * @param all every volume of the group, those of others too
 */
record Volumes(List<Volume> all) {
  /** What our volumes' names begin with. */
  private static final String OURS = "dw.";

  static final String BASE = "dw.base.";
  static final String DISK = "dw.disk.";

  /** What is kept of disks. */
  static final String SNAPSHOT = "dw.snap.";

  /** What is being made. */
  static final String NEW = "dw.new.";

  /** What takes a disk's place that has gone back to a snapshot. */
  static final String BACK = "dw.back.";

  /** What was a disk, and is to be wiped; the rest of the name is the attempt's id. */
  static final String GONE = "dw.gone.";

  /** What all our tags begin with. */
  private static final List<String> TAGS = List.of("dw:", "dw-");

  private static final String GENERATION = "dw-generation:";
  private static final String NAME = "dw:name=";

  /** Copies the list. */
  Volumes {
    all = List.copyOf(all);
  }

  Optional<Volume> find(String name) {
    return all.stream().filter(volume -> volume.name().equals(name)).findFirst();
  }

  /** Returns those of a pool whose names begin so. */
  List<Volume> in(String thinPool, String start) {
    return all.stream()
        .filter(volume -> isOurs(volume, thinPool) && volume.name().startsWith(start))
        .toList();
  }

  /**
   * Returns whether a volume is a pool's: it is in its thin pool, or in none when that is empty,
   * and has a tag of ours.
   */
  static boolean isOurs(Volume volume, String thinPool) {
    return volume.thinPool().equals(thinPool)
        && volume.tags().stream().anyMatch(tag -> TAGS.stream().anyMatch(tag::startsWith));
  }

  /** Returns the volumes of a thin pool that are disks now, each of another disk. */
  List<Volume> disks(String thinPool) {
    List<Volume> disks = new ArrayList<>(in(thinPool, BACK));
    in(thinPool, DISK).stream().filter(Volumes::isWhole).forEach(disks::add);
    return disks.stream()
        .filter(disk -> disks.stream().noneMatch(other -> replaces(other, disk)))
        .toList();
  }

  /** Returns the volume that is the disk of a name now. */
  Optional<Volume> disk(String thinPool, DiskName name) {
    String volume = nameOf(name);
    return disks(thinPool).stream()
        .filter(disk -> disk.name().equals(volume) || disk.tags().contains(NAME + name.value()))
        .findFirst();
  }

  /** Returns what a disk's volume is called. */
  static String nameOf(DiskName name) {
    return VolumeNames.of(DISK, name.value());
  }

  /** Returns the volumes of a disk, whichever is in place of another. */
  List<Volume> ofDisk(String thinPool, String identity) {
    List<Volume> volumes = new ArrayList<>(in(thinPool, DISK));
    volumes.addAll(in(thinPool, BACK));
    volumes.removeIf(volume -> !identity(volume).equals(identity));
    return volumes;
  }

  private static boolean replaces(Volume later, Volume earlier) {
    return identity(later).equals(identity(earlier)) && generation(later) > generation(earlier);
  }

  /** Returns what stays of a disk when it goes back to a snapshot, and no other disk has. */
  static String identity(Volume disk) {
    return AttemptTag.of(AttemptTag.Kind.NEW, disk).map(AttemptTag::attempt).orElse(disk.uuid());
  }

  /** Returns how often a disk has gone back to a snapshot. */
  static long generation(Volume disk) {
    return disk.tags().stream()
        .filter(Volumes::isGeneration)
        .map(tag -> tag.substring(GENERATION.length()))
        .filter(digits -> digits.matches("\\d{1,18}"))
        .mapToLong(Long::parseLong)
        .max()
        .orElse(0);
  }

  static boolean isGeneration(String tag) {
    return tag.startsWith(GENERATION);
  }

  static String generationTag(long generation) {
    return GENERATION + generation;
  }

  /** Returns the attempt that wipes a volume of {@link #GONE}, or did. */
  static String wiper(Volume gone) {
    return gone.name().substring(GONE.length());
  }

  /** Returns the volumes in a thin pool that somebody is working on, or has left when killed. */
  List<Volume> leftIn(String thinPool) {
    return in(thinPool, OURS).stream()
        .filter(volume -> !isWhole(volume) || volume.name().startsWith(BACK))
        .toList();
  }

  /** Returns the attempt that is working, or was, on a volume of {@link #leftIn}. */
  static Optional<AttemptTag> attempt(Volume left) {
    return AttemptTag.of(
        left.name().startsWith(BACK) ? AttemptTag.Kind.BACK : AttemptTag.Kind.NEW, left);
  }

  /** Returns whether a volume of ours has all that it is to have. */
  static boolean isWhole(Volume volume) {
    return !volume.name().startsWith(NEW)
        && AttemptTag.of(AttemptTag.Kind.NEW, volume)
            .filter(tag -> volume.size() < tag.size())
            .isEmpty();
  }
}
