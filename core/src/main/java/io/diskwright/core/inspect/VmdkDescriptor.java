package io.diskwright.core.inspect;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text that says what a VMDK is made of, as VMware's Virtual Disk Format 1.1 has it; read from
 * untrusted bytes. Only lines that are known are accepted: any other might name a file.
 *
 * <p>QEMU looks for the name of a parent anywhere in the text, also in comments and within other
 * settings, up to the first zero byte, wherever the descriptor ends.
 */
final class VmdkDescriptor {
  private static final String FIRST_LINE = "# Disk DescriptorFile";
  private static final Pattern SETTING =
      Pattern.compile("([A-Za-z0-9_.]+) ?= ?(?:\"([^\"]*)\"|([^\" ]*))");
  private static final Pattern EXTENT =
      Pattern.compile(
          "(RW|RDONLY|NOACCESS) ([0-9]{1,18}) ([A-Z]+)(?: \"([^\"]*)\")?(?: ([0-9]+))?");
  private static final Pattern PLAIN_NAME = Pattern.compile("[^/\\\\\\x00-\\x1f]+");
  private static final Set<String> KNOWN =
      Set.of("version", "encoding", "cid", "parentcid", "createtype", "isnativesnapshot");
  private static final String NO_PARENT = "ffffffff";
  private static final String DISK_DATA_BASE = "ddb.";
  private static final String PARENT_NAME = "parentfilenamehint";

  /** Programs write some 25 lines. */
  private static final int MOST_LINES = 256;

  private static final int MOST_PROBLEMS = 10;

  /** QEMU puts a new CID in the place of the old one, of 8 digits, and may need 1 only. */
  private static final int LONGEST_REST = 7;

  private final List<String> problems = new ArrayList<>();
  private final Map<String, String> settings = new HashMap<>();
  private final List<Extent> extents = new ArrayList<>();

  /** One file that holds a part of the guest's bytes. */
  private record Extent(long sectors, String type, String name) {}

  private VmdkDescriptor() {}

  /** Reads a descriptor; what is wrong with it is among its {@link #problems}. */
  static VmdkDescriptor read(byte[] bytes) {
    VmdkDescriptor descriptor = new VmdkDescriptor();
    String all = new String(bytes, StandardCharsets.ISO_8859_1);
    int end = all.indexOf('\0');
    String text = end < 0 ? all : all.substring(0, end);
    if (end < 0) {
      descriptor.problem("its descriptor has no end");
    } else if (!isRest(all.substring(end), text)) {
      descriptor.problem("its descriptor goes on behind its end");
    }
    if (all.toLowerCase(Locale.ROOT).contains(PARENT_NAME)) {
      descriptor.problem("it names a parent, which could be any file of this host");
    }
    descriptor.lines(text);
    return descriptor;
  }

  /** Returns whether there is nothing behind a text, or what a longer one has left of its end. */
  private static boolean isRest(String behind, String text) {
    int length = behind.length();
    while (length > 0 && behind.charAt(length - 1) == 0) {
      length--;
    }
    return length <= LONGEST_REST && text.endsWith(behind.substring(0, length).replace("\0", ""));
  }

  private void lines(String text) {
    Iterator<String> lines = text.lines().map(String::strip).iterator();
    if (!lines.hasNext() || !lines.next().equals(FIRST_LINE)) {
      problem("its descriptor does not begin as one");
      return;
    }
    for (int i = 1; lines.hasNext() && problems.size() < MOST_PROBLEMS; i++) {
      String line = lines.next();
      if (i == MOST_LINES) {
        problem("its descriptor has more than %d lines".formatted(MOST_LINES));
        return;
      }
      if (!line.isEmpty() && !line.startsWith("#")) {
        line(line);
      }
    }
  }

  private void problem(String what) {
    problems.add(what);
  }

  private void line(String line) {
    Matcher extent = EXTENT.matcher(line);
    Matcher setting = SETTING.matcher(line);
    if (extent.matches()) {
      String name = extent.group(4) == null ? "" : extent.group(4);
      extents.add(new Extent(Long.parseLong(extent.group(2)), extent.group(3), name));
    } else if (setting.matches()) {
      String value = setting.group(2) == null ? setting.group(3) : setting.group(2);
      setting(setting.group(1).toLowerCase(Locale.ROOT), value);
    } else {
      problem("its descriptor has a line that is not known: " + Shown.of(line));
    }
  }

  private void setting(String key, String value) {
    if (key.startsWith(DISK_DATA_BASE)) {
      return; // tells of adapters and geometry, names nothing
    }
    if (!KNOWN.contains(key)) {
      problem("its descriptor has a setting that is not known: " + Shown.of(key));
    } else if (settings.put(key, value) != null) {
      problem("its descriptor says %s twice".formatted(key));
    }
  }

  /** Returns the subformat, as it says itself. */
  String createType() {
    return settings.getOrDefault("createtype", "unknown");
  }

  /** Returns what speaks against an image of one file that has this capacity in sectors. */
  List<String> problems(long capacity) {
    List<String> all = new ArrayList<>(problems);
    if (!settings.getOrDefault("parentcid", NO_PARENT).equalsIgnoreCase(NO_PARENT)) {
      all.add("it has a parent, which could be any file of this host");
    }
    if (extents.size() != 1) {
      all.add("its descriptor names %d files, not itself only".formatted(extents.size()));
    }
    for (Extent extent : extents) {
      if (!extent.type.equals("SPARSE") || !PLAIN_NAME.matcher(extent.name).matches()) {
        all.add("its descriptor names another file: " + Shown.of(extent.name));
      } else if (extent.sectors != capacity) {
        all.add(
            "its descriptor says it has %d sectors, its header %d"
                .formatted(extent.sectors, capacity));
      }
    }
    return all;
  }
}
