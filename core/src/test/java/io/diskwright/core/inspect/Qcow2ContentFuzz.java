package io.diskwright.core.inspect;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import io.diskwright.toolkit.qcow2.Qcow2Content;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/**
 * Whatever a qcow2 is: its content is read, or it fails with the one reason there is; and what
 * inspection has found plain is read.
 */
public final class Qcow2ContentFuzz {
  private static final Call CALL = Call.within(Duration.ofDays(7));
  private static final int MOST_EXTENTS = 1000;

  private Qcow2ContentFuzz() {}

  /** What a fuzzer calls. */
  public static void fuzzerTestOneInput(byte[] input) throws DiskException {
    byte[] image = FuzzedImage.of(input);
    CountingContent bytes = new CountingContent(image, image.length);
    Verdict verdict =
        new ImageInspector()
            .inspectWithTables(
                bytes,
                Optional.of(DiskFormat.QCOW2),
                InspectionRules.all(Long.MAX_VALUE / 2),
                CALL);
    try {
      readAll(Qcow2Content.of(bytes, "read it"));
    } catch (DiskException e) {
      require(e.reason() == Reason.IMAGE_UNACCEPTABLE, e.getMessage());
      require(!verdict.safe() || !verdict.plainClusters(), "it was found plain: " + e.getMessage());
    }
  }

  private static void readAll(Content content) throws DiskException {
    long at = 0;
    for (int i = 0; i < MOST_EXTENTS && at < content.size(); i++) {
      Extent extent = content.extentAt(at);
      require(extent.offset() == at && extent.end() <= content.size(), extent.toString());
      int length = (int) Math.min(extent.length(), 100);
      ByteBuffer target = ByteBuffer.allocate(length);
      require(content.read(extent.end() - length, target) == length, "it reads less");
      at = extent.end();
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
