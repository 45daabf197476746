package io.diskwright.it.contract;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.BaseRequest;
import io.diskwright.spi.backend.FillProof;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Image;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

/** Bases of random bytes. */
final class Bases {
  private Bases() {}

  static Call call() {
    return Call.within(Duration.ofMinutes(2));
  }

  /** Makes a base of raw bytes, which are made up from a seed. */
  static BaseRecord fill(ImageBackend pool, byte[] bytes, long seed) throws DiskException {
    new Random(seed).nextBytes(bytes);
    return fill(pool, DiskFormat.RAW, bytes, bytes.length);
  }

  /** Makes a base of the bytes of an image. */
  static BaseRecord fill(ImageBackend pool, DiskFormat format, byte[] bytes, long virtualSize)
      throws DiskException {
    Image image = Image.builder("test", "image").format(format).build();
    BaseKey key = new BaseKey("%064x".formatted(Arrays.hashCode(bytes)));
    FillProof proof = () -> "test";
    return pool.cache(
        BaseRequest.of(key, image, format, bytes.length, virtualSize),
        sink -> {
          sink.write(0, ByteBuffer.wrap(bytes));
          sink.flush();
          return proof;
        },
        call());
  }
}
