package io.diskwright.toolkit.process;

import io.diskwright.spi.call.Progress;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Understands what {@code qemu-img -p} prints, such as {@code (12.34/100%)}, and passes it on. */
public final class QemuImgProgress implements Consumer<String> {
  private static final Pattern PERCENT = Pattern.compile("\\((\\d+\\.\\d+)/100%\\)");
  private static final int LONGEST = 32;

  private final String step;
  private final long total;
  private final Progress progress;
  private final StringBuilder pending = new StringBuilder();

  /**
   * Makes one for one run.
   *
   * @param step what is being done, as words for a person
   * @param total bytes in all
   * @param progress who is told
   */
  public QemuImgProgress(String step, long total, Progress progress) {
    this.step = step;
    this.total = total;
    this.progress = progress;
  }

  @Override
  public void accept(String piece) {
    pending.append(piece);
    Matcher matcher = PERCENT.matcher(pending);
    int end = 0;
    double percent = -1;
    while (matcher.find()) {
      percent = Double.parseDouble(matcher.group(1));
      end = matcher.end();
    }
    if (percent >= 0) {
      progress.report(step, (long) (total * Math.min(1, percent / 100)), total);
    }
    pending.delete(0, Math.max(end, pending.length() - LONGEST));
  }
}
