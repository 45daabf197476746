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

/**
 * A base that a fallback host exports: its record, and its bytes as the data of an image, which
 * come once. One thread.
 */
public final class ExportedBase implements ImageData {
  private final FallbackHost host;
  private final String image;
  private final RunningExport export;
  private final ExportReader reader;
  private boolean begun;

  private ExportedBase(FallbackHost host, String image, RunningExport export) throws DiskException {
    this.host = host;
    this.image = image;
    this.export = export;
    try {
      this.reader = new ExportReader(export.output());
    } catch (IOException e) {
      throw failure(e);
    }
    if (!base().image().equals(image)) {
      throw unacceptable("it is one of another image");
    }
  }

  static ExportedBase open(FallbackHost host, String image, ChildProcess child, Call call)
      throws DiskException {
    RunningExport export = RunningExport.start(child, host, image, call);
    try {
      return new ExportedBase(host, image, export);
    } catch (Throwable e) {
      export.close();
      throw e;
    }
  }

  /** Returns the host that it comes from. */
  public FallbackHost host() {
    return host;
  }

  /** Returns the record that the host has of it. */
  public BaseRecord base() {
    return reader.base();
  }

  @Override
  public OptionalLong size() {
    return OptionalLong.of(base().length());
  }

  /** Returns nothing: it comes from front to back. */
  @Override
  public Optional<Content> content() {
    return Optional.empty();
  }

  /**
   * Starts to bring all bytes.
   *
   * @throws IllegalStateException the second time
   */
  @Override
  public ImageStream stream() {
    if (begun) {
      throw new IllegalStateException("what another host sends comes once");
    }
    begun = true;
    return new Stream();
  }

  /** Does nothing: when the end of the stream has come, all is proved. */
  @Override
  public void verifyUnchanged() {}

  @Override
  public void close() {
    export.close();
  }

  private DiskException failure(IOException e) {
    return e instanceof MalformedException
        ? unacceptable(String.valueOf(e.getMessage()))
        : export.explain(e);
  }

  private DiskException unacceptable(String said) {
    return DiskException.of(Reason.IMAGE_UNACCEPTABLE, FallbackCommand.TRIED)
        .resource(image)
        .said("what %s sends is no base of it: %s".formatted(host, said))
        .remedy(
            "look what the pool's fallback-command prints there, and name another fallback host")
        .build();
  }

  private final class Stream implements ImageStream {
    @Override
    public int read(ByteBuffer target) throws DiskException {
      try {
        int read = reader.read(target);
        if (read < 0) {
          export.requireSuccess(); // it may fail after it has sent everything
        }
        return read;
      } catch (DiskException e) {
        throw e;
      } catch (IOException e) {
        throw failure(e);
      }
    }

    @Override
    public void close() {}
  }
}
