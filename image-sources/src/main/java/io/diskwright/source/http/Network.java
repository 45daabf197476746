package io.diskwright.source.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Addresses that begin with the same bits.
 *
 * @param address one of them
 * @param bits how many bits count
 */
record Network(InetAddress address, int bits) {
  private static final String BYTE = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
  private static final Pattern LITERAL =
      Pattern.compile("%s(\\.%s){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*".formatted(BYTE, BYTE));

  /**
   * Reads an address, or one with the number of bits that count, such as {@code 10.0.0.0/8}.
   *
   * @throws IllegalArgumentException when it is neither
   */
  static Network parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    if (!isLiteral(address)) {
      throw new IllegalArgumentException("network (%s) must be such as 10.0.0.0/8".formatted(text));
    }
    InetAddress prefix;
    try {
      prefix = InetAddress.getByName(address); // a literal: nobody is asked
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "network (%s) must be such as 10.0.0.0/8".formatted(text), e);
    }
    int most = prefix.getAddress().length * 8;
    int bits = most;
    if (slash >= 0) {
      String length = text.substring(slash + 1);
      bits = length.matches("\\d{1,3}") ? Integer.parseInt(length) : -1;
    }
    if (bits < 0 || bits > most) {
      throw new IllegalArgumentException(
          "network (%s) must have a length of 0 to %d bits".formatted(text, most));
    }
    return new Network(prefix, bits);
  }

  static boolean isLiteral(String text) {
    return LITERAL.matcher(text).matches();
  }

  boolean contains(byte[] other) {
    byte[] prefix = address.getAddress();
    if (other.length != prefix.length) {
      return false;
    }
    int whole = bits / 8;
    if (Arrays.mismatch(prefix, 0, whole, other, 0, whole) >= 0) {
      return false;
    }
    int rest = bits % 8;
    int mask = (0xff00 >> rest) & 0xff;
    return rest == 0 || (prefix[whole] & mask) == (other[whole] & mask);
  }

  @Override
  public String toString() {
    return address.getHostAddress() + '/' + bits;
  }
}
