package io.diskwright.core.inspect;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Looks at an image's bytes and says what they are, and whether they may be used. Stateless; any
 * thread. Nothing is run and nothing is written.
 *
 * <p>Accepts raw and qcow2. An image whose format nobody declares must show what it is: bytes
 * without any known beginning are taken for raw only when they are declared so.
 */
public final class ImageInspector {
  private static final int SECTOR = 512;

  /** Makes an inspector. */
  public ImageInspector() {}

  /**
   * Inspects an image.
   *
   * @param data the image's bytes, at least one
   * @param declared the format that the asker or the image source says it is
   * @param virtualSizeLimit the largest guest-visible size that is accepted, in bytes
   * @throws DiskException when the bytes cannot be read
   */
  public Verdict inspect(Content data, Optional<DiskFormat> declared, long virtualSizeLimit)
      throws DiskException {
    ByteBuffer start = ByteBuffer.allocate((int) Math.min(Signature.WINDOW, data.size()));
    data.read(0, start);
    start.flip();
    Optional<Signature> signature = Signature.find(start);
    Optional<DiskFormat> found = signature.flatMap(Signature::format);
    if (signature.isEmpty() && declared.equals(Optional.of(DiskFormat.RAW))) {
      found = declared;
    }
    Findings findings = new Findings(found);
    signature.map(Signature::description).ifPresent(findings::feature);
    checkFormat(signature, found, declared, findings);
    if (found.equals(Optional.of(DiskFormat.QCOW2))) {
      new Qcow2Rules(data, start, findings).check();
    } else if (found.equals(Optional.of(DiskFormat.RAW))) {
      findings.virtualSize(data.size());
    }
    checkSize(findings, virtualSizeLimit);
    return findings.verdict();
  }

  private static void checkFormat(
      Optional<Signature> signature,
      Optional<DiskFormat> found,
      Optional<DiskFormat> declared,
      Findings findings) {
    if (found.isEmpty()) {
      findings.refuse(
          signature.isPresent()
              ? "it is " + signature.get().description() + ", which is not accepted"
              : "it is not an image that is known; if its bytes are a disk's, declare it as raw");
    } else if (declared.isPresent() && !declared.equals(found)) {
      findings.refuse("it is declared as %s and is %s".formatted(declared.get(), found.get()));
    } else if (found.get() != DiskFormat.RAW && found.get() != DiskFormat.QCOW2) {
      findings.refuse("its format is %s, which is not accepted".formatted(found.get()));
    }
  }

  private static void checkSize(Findings findings, long limit) {
    OptionalLong size = findings.virtualSize();
    if (size.isPresent() && size.getAsLong() > limit) {
      findings.refuse(
          "its virtual size is %d bytes, above the limit of %d".formatted(size.getAsLong(), limit));
    }
  }

  /** Collects what is found. */
  static final class Findings {
    private final Optional<DiskFormat> format;
    private final List<String> reasons = new ArrayList<>();
    private final List<String> features = new ArrayList<>();
    private OptionalLong virtualSize = OptionalLong.empty();
    private OptionalLong allocatedBytes = OptionalLong.empty();

    Findings(Optional<DiskFormat> format) {
      this.format = format;
    }

    void refuse(String reason) {
      reasons.add(reason);
    }

    void feature(String feature) {
      features.add(feature);
    }

    /** Machines see whole sectors: the last one is filled up with zeros. */
    void virtualSize(long bytes) {
      long sectors = bytes / SECTOR + (bytes % SECTOR == 0 ? 0 : 1);
      virtualSize = OptionalLong.of(sectors * SECTOR);
    }

    void allocatedBytes(long bytes) {
      allocatedBytes = OptionalLong.of(bytes);
    }

    OptionalLong virtualSize() {
      return virtualSize;
    }

    Verdict verdict() {
      return new Verdict(format, virtualSize, allocatedBytes, reasons, features);
    }
  }
}
