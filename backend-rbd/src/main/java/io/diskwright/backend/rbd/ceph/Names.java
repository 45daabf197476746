package io.diskwright.backend.rbd.ceph;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Strings on their way to and from C. */
final class Names {
  private Names() {}

  /** Refuses what would arrive shortened: C's strings end at their first zero. May be a secret. */
  static String check(String what, String value) {
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(what + " must not hold a zero character");
    }
    return value;
  }

  /** Reads what a pointer at an offset points to; empty for NULL. */
  static String at(Pointer memory, long offset) {
    @Nullable Pointer string = memory.getPointer(offset);
    return string == null ? "" : string.getString(0, "UTF-8");
  }

  /** Reads up to the first zero, or the end. */
  static String first(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, UTF_8);
  }

  /** Reads a number of strings, with a zero behind each. */
  static List<String> list(byte[] bytes, int count) {
    List<String> list = new ArrayList<>();
    int begin = 0;
    for (int at = 0; at < bytes.length && list.size() < count; at++) {
      if (bytes[at] == 0) {
        list.add(new String(bytes, begin, at - begin, UTF_8));
        begin = at + 1;
      }
    }
    return list;
  }

  /**
   * Writes a client's address in the one way of this package, which the blocklist takes: {@code
   * 127.0.0.1:0/123}. Ceph's calls put the protocol before it, or not, and vectors into brackets.
   */
  static String address(String said) {
    String address = said;
    if (address.startsWith("[v")) {
      address = address.substring(1, address.length() - 1).split(",", 2)[0];
    }
    return address.replaceFirst("^(v1|v2|any):", "");
  }
}
