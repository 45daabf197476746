package io.diskwright.cli;

import io.diskwright.core.Pool;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.util.List;
import java.util.Locale;

/**
 * The first digits of a base's key, or all of them.
 *
 * @param digits 6 to 64 hexadecimal digits, in lower case
 */
record KeyPrefix(String digits) {
  private static final int WHOLE = 64;

  KeyPrefix {
    digits = digits.toLowerCase(Locale.ROOT);
    if (!digits.matches("[0-9a-f]{6,64}")) {
      throw new IllegalArgumentException(
          "key (%s) must be 6 to 64 hexadecimal digits".formatted(digits));
    }
  }

  /** Returns the only key that begins so. */
  BaseKey find(Pool pool, Call call) throws DiskException {
    if (digits.length() == WHOLE) {
      return new BaseKey(digits);
    }
    List<String> keys =
        pool.bases(call).stream()
            .map(base -> base.key().value())
            .filter(key -> key.startsWith(digits))
            .toList();
    if (keys.size() == 1) {
      return new BaseKey(keys.get(0));
    }
    Reason reason = keys.isEmpty() ? Reason.NOT_FOUND : Reason.INVALID_REQUEST;
    throw DiskException.of(reason, "find base")
        .pool(pool.name().value())
        .resource(digits)
        .said(
            keys.isEmpty()
                ? "no base has a key that begins so"
                : "%d bases have keys that begin so: %s"
                    .formatted(keys.size(), String.join(", ", keys)))
        .remedy(
            keys.isEmpty() ? "see: diskwright base list --pool " + pool.name() : "give more digits")
        .build();
  }

  /** Returns the only base whose key begins so. */
  BaseRecord findBase(Pool pool, String tried, Call call) throws DiskException {
    BaseKey key = find(pool, call);
    return pool.bases(call).stream()
        .filter(base -> base.key().equals(key))
        .findFirst()
        .orElseThrow(
            () ->
                DiskException.of(Reason.NOT_FOUND, tried)
                    .pool(pool.name().value())
                    .resource(key.value())
                    .said("there is no such base")
                    .remedy("see: diskwright base list --pool " + pool.name())
                    .build());
  }
}
