package io.diskwright.backend.raw;

import io.diskwright.spi.Answer;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.backend.Extraction;
import io.diskwright.spi.backend.Facet;
import io.diskwright.spi.backend.Finding;
import io.diskwright.spi.backend.Flattening;
import io.diskwright.spi.backend.Preallocation;
import io.diskwright.spi.backend.Way;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.toolkit.copy.SparseCopy;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.pool.Attempt;
import io.diskwright.toolkit.pool.FileBackend;
import io.diskwright.toolkit.pool.FileExtraction;
import io.diskwright.toolkit.pool.FilePool;
import io.diskwright.toolkit.pool.MachineNotice;
import io.diskwright.toolkit.pool.StoredDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Disks that are raw files. */
final class RawBackend extends FileBackend {
  private static final String REFLINK = "reflink";
  private static final String COPY = "copy";

  private final List<Facet> facets;

  RawBackend(FilePool pool) {
    super(pool, DiskFormat.RAW);
    Flattening flattening = (name, call) -> run("flatten disk", name, () -> isToFlatten(name));
    Preallocation preallocation =
        () -> {
          requireOpen();
          return Answer.ofYes();
        };
    Extraction extraction = new FileExtraction(this);
    this.facets = List.of(flattening, preallocation, extraction);
  }

  /** Only a disk that is there can be said to depend on nothing. */
  private boolean isToFlatten(DiskName name) throws IOException {
    StoredDisk unused = require(name);
    return false;
  }

  @Override
  public List<DiskFormat> baseFormats() {
    requireOpen();
    return List.of(DiskFormat.RAW);
  }

  @Override
  public List<Way> ways() throws DiskException {
    return run(
        "ask for reflinks",
        pool().folder(),
        () -> {
          Answer reflink = pool().canReflink();
          return List.of(new Way(REFLINK, reflink), new Way(COPY, Answer.ofYes()));
        });
  }

  @Override
  protected Made makeFromBase(
      Attempt attempt, DiskRequest request, BaseRecord base, Path baseFile, Call call)
      throws IOException {
    NativeFile file = attempt.file();
    try (NativeFile source = NativeFile.openRead(baseFile)) {
      boolean shared = file.reflinkFrom(source);
      long moved = 0;
      if (!shared) {
        pool().reserve(attempt, source.allocated(), call);
        moved = SparseCopy.copyData(source, file, call);
      }
      file.truncate(request.size());
      return new Made(shared ? REFLINK : COPY, moved);
    }
  }

  @Override
  protected void makeBlank(NativeFile file, DiskRequest request, Call call) throws IOException {
    file.truncate(request.size());
  }

  @Override
  protected long virtualSize(Path file, long length) {
    return length;
  }

  @Override
  protected Optional<String> grow(StoredDisk disk, long size, boolean open, Call call)
      throws IOException {
    try (NativeFile file = NativeFile.openWrite(disk.path())) {
      file.extend(size);
      if (pool().syncDisks()) {
        file.sync();
      }
    }
    return open ? Optional.of(MachineNotice.grow(disk.path().toString(), size)) : Optional.empty();
  }

  @Override
  protected Optional<Path> baseOf(Path disk) {
    return Optional.empty(); // a reflink shares blocks, which the file system counts
  }

  @Override
  protected List<Finding> checkMore() {
    return List.of();
  }

  @Override
  public <F extends Facet> Optional<F> facet(Class<F> type) {
    requireOpen();
    return facets.stream().filter(type::isInstance).map(type::cast).findFirst();
  }
}
