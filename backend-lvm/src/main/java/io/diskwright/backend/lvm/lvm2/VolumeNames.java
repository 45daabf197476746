package io.diskwright.backend.lvm.lvm2;

import java.util.Optional;

/**
 * Turns our names into names of logical volumes and back (lvm(8), "VALID NAMES"; {@code
 * DM_NAME_LEN} of the kernel).
 *
 * <p>All words that lvm2 keeps to itself inside a name begin with {@code _}, so that becomes {@code
 * +}, which none of our names has. Those at the beginning ({@code snapshot}, {@code pvmove}) are
 * kept clear of by what a name begins with.
 */
public final class VolumeNames {
  /** What device-mapper takes at the most, of group and volume in one, without the last zero. */
  static final int LONGEST = 127;

  private VolumeNames() {}

  /** Returns the name of a volume that begins with {@code start}, which says what it is. */
  public static String of(String start, String name) {
    return start + name.replace('_', '+');
  }

  /** Returns what {@link #of} was given, if a volume's name begins so. */
  public static Optional<String> nameBehind(String start, String volume) {
    return volume.startsWith(start) && volume.length() > start.length()
        ? Optional.of(volume.substring(start.length()).replace('+', '_'))
        : Optional.empty();
  }

  /** Returns how much of {@link #LONGEST} a group's volume takes: each {@code -} counts twice. */
  static int length(String group, String volume) {
    return doubled(group) + 1 + doubled(volume);
  }

  private static int doubled(String name) {
    return name.length() + (int) name.chars().filter(c -> c == '-').count();
  }

  /** Returns whether device-mapper takes a volume's name in a group. */
  public static boolean fits(String group, String volume) {
    return length(group, volume) <= LONGEST;
  }
}
