package io.diskwright.core.fill;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Image;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** Unpacks an image that is compressed as a whole, within limits; one thread. */
final class Unpacking {
  private static final int BUFFER = 1024 * 1024;

  /** Data that is unpacked whatever the limit on expansion: headers and tables compress well. */
  private static final long ALWAYS = 64L * 1024 * 1024;

  private final Image image;
  private final Packing packing;
  private final StreamInput packed;
  private final OptionalLong packedSize;
  private final Call call;

  Unpacking(Image image, Packing packing, StreamInput packed, OptionalLong packedSize, Call call) {
    this.image = image;
    this.packing = packing;
    this.packed = packed;
    this.packedSize = packedSize;
    this.call = call;
  }

  /**
   * Unpacks everything, and reads what is behind it.
   *
   * @param most how many bytes there may be
   * @return how many bytes there are
   */
  long run(long most, Pump.Consumer consumer) throws DiskException {
    try (InputStream unpacked = packing.unpack(packed)) {
      byte[] buffer = new byte[BUFFER];
      long offset = 0;
      while (true) {
        call.check("unpack image"); // a few packed bytes may unpack for minutes
        call.progress().report("unpacking", packed.count(), packedSize.orElse(-1));
        int length = unpacked.readNBytes(buffer, 0, BUFFER);
        if (length == 0) {
          packed.drain();
          return offset;
        }
        if (length > most - offset) {
          throw refused("it unpacks to more than the limit of %d bytes".formatted(most));
        }
        consumer.take(offset, ByteBuffer.wrap(buffer, 0, length));
        offset += length;
      }
    } catch (DiskException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw DiskException.of(Reason.IMAGE_UNACCEPTABLE, "unpack image")
          .resource(image.toString())
          .said("it is packed by %s, and damaged: %s".formatted(packing.id(), e.getMessage()))
          .cause(e)
          .remedy("get the image again")
          .build();
    }
  }

  /** Fails when so much data is too much for what has been read of the packed image. */
  void requireWithin(long expansionLimit, long stored) throws DiskException {
    if (stored > ALWAYS && stored / expansionLimit > packed.count()) {
      throw refused(
          "%d bytes of it unpack to %d of data, more than %d times as much"
              .formatted(packed.count(), stored, expansionLimit));
    }
  }

  private DiskException refused(String said) {
    return DiskException.of(Reason.IMAGE_UNACCEPTABLE, "unpack image")
        .resource(image.toString())
        .said(said)
        .remedy("unpack the image yourself if you trust it, or raise the pool's limit")
        .build();
  }
}
