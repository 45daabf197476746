package io.diskwright.core.export;

import io.diskwright.core.export.ExportReader.MalformedException;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageStream;
import io.diskwright.toolkit.process.ChildProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A base that a fallback host exports: its record, and its bytes as the data of an image, each time
 * they are asked for from a command of its own. One thread.
 */
public final class ExportedBase implements ImageData {
  private final FallbackHost host;
  private final String image;
  private final Starter starter;
  private final Call call;
  private final BaseRecord base;
  private @Nullable Reading fresh;
  private @Nullable Reading current;

  /** Makes the command. */
  @FunctionalInterface
  interface Starter {
    ChildProcess child() throws DiskException;
  }

  private ExportedBase(FallbackHost host, String image, Starter starter, Call call)
      throws DiskException {
    this.host = host;
    this.image = image;
    this.starter = starter;
    this.call = call;
    Reading first = new Reading();
    this.fresh = first;
    this.current = first;
    this.base = first.reader.base();
  }

  static ExportedBase open(FallbackHost host, String image, Starter starter, Call call)
      throws DiskException {
    ExportedBase base = new ExportedBase(host, image, starter, call);
    if (!base.base.image().equals(image)) {
      base.close();
      throw base.unacceptable("it is one of %s".formatted(base.base.image()));
    }
    return base;
  }

  /** Returns the host that it comes from. */
  public FallbackHost host() {
    return host;
  }

  /** Returns the record that the host has of it. */
  public BaseRecord base() {
    return base;
  }

  @Override
  public OptionalLong size() {
    return OptionalLong.of(base.length());
  }

  /** Returns nothing: it comes from front to back. */
  @Override
  public Optional<Content> content() {
    return Optional.empty();
  }

  @Override
  public ImageStream stream() throws DiskException {
    Reading reading = fresh;
    fresh = null;
    if (reading == null) {
      reading = new Reading();
      current = reading;
      if (!reading.reader.base().attributes().equals(base.attributes())) {
        reading.close();
        throw unacceptable("it is another one now");
      }
    }
    return reading;
  }

  /** Fails when the command has failed after it has sent everything. */
  @Override
  public void verifyUnchanged() throws DiskException {
    if (current != null) {
      current.requireSuccess();
    }
  }

  @Override
  public void close() throws DiskException {
    if (current != null) {
      current.close();
    }
  }

  private DiskException unacceptable(String said) {
    return DiskException.of(Reason.IMAGE_UNACCEPTABLE, FallbackCommand.TRIED)
        .resource(image)
        .said("what %s sends is no base of it: %s".formatted(host, said))
        .remedy(
            "look what the pool's fallback-command prints there, and name another fallback host")
        .build();
  }

  /** One run of the command. */
  private final class Reading implements ImageStream {
    private final RunningExport export;
    private final ExportReader reader;

    Reading() throws DiskException {
      this.export = RunningExport.start(starter.child(), host, image, call);
      try {
        this.reader = new ExportReader(export.output());
      } catch (IOException e) {
        DiskException failure = failure(e);
        export.close();
        throw failure;
      }
    }

    @Override
    public int read(ByteBuffer target) throws DiskException {
      try {
        return reader.read(target);
      } catch (IOException e) {
        throw failure(e);
      }
    }

    private DiskException failure(IOException e) {
      return e instanceof MalformedException
          ? unacceptable(String.valueOf(e.getMessage()))
          : export.explain(e);
    }

    void requireSuccess() throws DiskException {
      export.requireSuccess();
    }

    @Override
    public void close() {
      export.close();
    }
  }
}
