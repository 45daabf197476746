package io.diskwright.backend.lvm;

import io.diskwright.backend.lvm.lvm2.Volume;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * By this tag a volume says which attempt has made it, and what it has when that has ended well. A
 * disk keeps it, and by the attempt's id it is told from others that have had its name.
 *
 * @param kind what was attempted
 * @param folder the id of the folder in which the attempt's lock is
 * @param attempt the attempt's id
 * @param size the volume is whole from this many bytes on
 */
record AttemptTag(Kind kind, String folder, String attempt, long size) {
  /** What is attempted: something new, or going back to a snapshot. */
  enum Kind {
    NEW("dw-new:"),
    BACK("dw-back:");

    private final String start;
    private final Pattern form;

    Kind(String start) {
      this.start = start;
      this.form = Pattern.compile(start + "([0-9a-f-]+):([0-9a-f]{16}):(\\d{1,18})");
    }
  }

  /** Reads a volume's tag of a kind. */
  static Optional<AttemptTag> of(Kind kind, Volume volume) {
    for (String tag : volume.tags()) {
      Matcher matcher = kind.form.matcher(tag);
      if (matcher.matches()) {
        long size = Long.parseLong(matcher.group(3));
        return Optional.of(new AttemptTag(kind, matcher.group(1), matcher.group(2), size));
      }
    }
    return Optional.empty();
  }

  /** Returns whether a tag is one of a kind. */
  static boolean is(Kind kind, String tag) {
    return tag.startsWith(kind.start);
  }

  /** Returns the tag as lvm2 has it. */
  String text() {
    return "%s%s:%s:%d".formatted(kind.start, folder, attempt, size);
  }
}
