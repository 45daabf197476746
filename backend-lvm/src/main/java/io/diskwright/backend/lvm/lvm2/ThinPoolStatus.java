package io.diskwright.backend.lvm.lvm2;

import io.diskwright.toolkit.os.OsException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How large and how full a thin pool is.
 *
 * @param size its size in bytes
 * @param data how much of its data is used, in percent
 * @param metadata how much of its metadata is used, in percent
 */
public record ThinPoolStatus(long size, double data, double metadata) {
  private static final Logger LOG = LoggerFactory.getLogger(ThinPoolStatus.class);

  /**
   * The transaction, and how many blocks of how many are used of metadata and data (Linux's {@code
   * device-mapper/thin-provisioning.rst}).
   */
  private static final Pattern STATUS = Pattern.compile("\\d+ (\\d+)/(\\d+) (\\d+)/(\\d+) .*");

  /** Returns it as lvm2 has reported it of a volume. */
  public static ThinPoolStatus of(Volume thinPool) {
    return new ThinPoolStatus(
        thinPool.size(), thinPool.data().orElse(0), thinPool.metadata().orElse(0));
  }

  /**
   * Asks the kernel.
   *
   * @param group the group's id, as {@link GroupState#uuid} has it
   * @param thinPool the thin pool's id, as {@link Volume#uuid} has it
   * @return empty when the thin pool is not active, has failed, or the kernel cannot be asked
   */
  public static Optional<ThinPoolStatus> read(String group, String thinPool) {
    String id = "LVM-%s%s-tpool".formatted(group.replace("-", ""), thinPool.replace("-", ""));
    try {
      return DeviceMapper.status(id).flatMap(ThinPoolStatus::parse);
    } catch (OsException e) {
      LOG.debug("the kernel does not tell how full {} is", id, e);
      return Optional.empty();
    }
  }

  /** Reads what a thin pool's target says. */
  static Optional<ThinPoolStatus> parse(DeviceMapper.Status status) {
    Matcher matcher = STATUS.matcher(status.text());
    return matcher.matches()
        ? Optional.of(
            new ThinPoolStatus(
                status.size(),
                percent(matcher.group(3), matcher.group(4)),
                percent(matcher.group(1), matcher.group(2))))
        : Optional.empty();
  }

  private static double percent(String used, String all) {
    return 100 * Double.parseDouble(used) / Double.parseDouble(all);
  }

  /** Returns how many bytes of its data are free. */
  public long free() {
    return size - (long) Math.ceil(size * data / 100);
  }
}
