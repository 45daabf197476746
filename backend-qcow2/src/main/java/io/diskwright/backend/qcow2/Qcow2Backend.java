package io.diskwright.backend.qcow2;

import io.diskwright.spi.Answer;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.backend.Extraction;
import io.diskwright.spi.backend.Facet;
import io.diskwright.spi.backend.Finding;
import io.diskwright.spi.backend.Flattening;
import io.diskwright.spi.backend.Snapshots;
import io.diskwright.spi.backend.Way;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.pool.Attempt;
import io.diskwright.toolkit.pool.FileBackend;
import io.diskwright.toolkit.pool.FileExtraction;
import io.diskwright.toolkit.pool.FilePool;
import io.diskwright.toolkit.pool.MachineNotice;
import io.diskwright.toolkit.pool.StoredDisk;
import io.diskwright.toolkit.process.Tool;
import io.diskwright.toolkit.qcow2.Qcow2Header;
import io.diskwright.toolkit.qcow2.Qcow2Image;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Disks that are qcow2 overlays on a base of the same pool. */
final class Qcow2Backend extends FileBackend {
  private final Qcow2Settings settings;
  private final QemuImg qemuImg;
  private final List<Facet> facets;

  Qcow2Backend(FilePool pool, Qcow2Settings settings) {
    super(pool, DiskFormat.QCOW2);
    this.settings = settings;
    this.qemuImg = new QemuImg(pool.stallTimeout());
    Flattening flattening = this::flatten;
    Extraction extraction = new FileExtraction(this);
    Snapshots snapshots = new Qcow2Snapshots(this, qemuImg);
    this.facets = List.of(flattening, extraction, snapshots);
  }

  @Override
  public List<DiskFormat> baseFormats() {
    requireOpen();
    return settings.baseFormats();
  }

  @Override
  public List<Way> ways() {
    requireOpen();
    return List.of(new Way("overlay", Answer.ofYes()));
  }

  @Override
  protected Made makeFromBase(
      Attempt attempt, DiskRequest request, BaseRecord base, Path baseFile, Call call)
      throws IOException {
    image(request.size())
        .over("../bases/" + baseFile.getFileName(), base.format().id())
        .write(attempt.file());
    return new Made("overlay", 0);
  }

  @Override
  protected void makeBlank(NativeFile file, DiskRequest request, Call call) throws IOException {
    image(request.size()).write(file);
  }

  private Qcow2Image image(long size) throws DiskException {
    try {
      return Qcow2Image.blank(size, settings.clusterSize(), settings.extendedL2());
    } catch (IllegalArgumentException e) {
      throw DiskException.of(Reason.INVALID_REQUEST, "lay out disk")
          .cause(e)
          .remedy("ask for a smaller size, or give the pool a larger cluster-size")
          .build();
    }
  }

  @Override
  protected long virtualSize(Path file, long length) throws IOException {
    return Qcow2Files.header(file).virtualSize();
  }

  /** QEMU keeps the size it has read: a machine that has the disk open must grow it itself. */
  @Override
  protected Optional<String> grow(StoredDisk disk, long size, boolean open, Call call)
      throws IOException {
    image(size);
    if (open) {
      return Optional.of(MachineNotice.grow(disk.path().toString(), size));
    }
    qemuImg.run(
        "grow disk",
        call,
        List.of("resize", "-q", "-f", "qcow2", disk.path().toString(), Long.toString(size)));
    sync(disk);
    return Optional.empty();
  }

  private boolean flatten(DiskName name, Call call) throws DiskException {
    return run(
        "flatten disk",
        name,
        () -> {
          StoredDisk disk = require(name);
          Qcow2Header header = Qcow2Files.header(disk.path());
          if (header.backingFile().isEmpty()) {
            return false;
          }
          requireOffline(disk, "flatten disk");
          requireNoSnapshots(header);
          // Written through: else qemu-img writes the header, without the base, before the tables
          // that
          // lead to what it has copied, and killed in between it leaves a disk that reads as zeros.
          qemuImg.runWithProgress(
              "flatten disk",
              "flattening",
              disk.record().size(),
              call,
              List.of(
                  "rebase",
                  "-p",
                  "-t",
                  "writethrough",
                  "-f",
                  "qcow2",
                  "-b",
                  "",
                  disk.path().toString()));
          sync(disk);
          return true;
        });
  }

  /**
   * qemu-img copies into the disk what it reads, and not into its snapshots, which would be lost.
   */
  private static void requireNoSnapshots(Qcow2Header header) throws DiskException {
    if (header.snapshotCount() > 0) {
      throw DiskException.of(Reason.HAS_DEPENDENTS, "flatten disk")
          .said("%d snapshots of it read from its base".formatted(header.snapshotCount()))
          .remedy("remove the disk's snapshots first, or extract it to a file")
          .build();
    }
  }

  @Override
  protected Optional<Path> baseOf(Path disk) throws IOException {
    return Qcow2Files.header(disk)
        .backingFile()
        .map(backing -> disk.resolveSibling(backing).normalize());
  }

  /** Makes what a tool wrote into a disk durable. */
  void sync(StoredDisk disk) throws IOException {
    try (NativeFile file = NativeFile.openRead(disk.path())) {
      file.sync();
    }
  }

  /** Returns a disk that no machine has open. */
  StoredDisk requireClosed(DiskName name, String tried) throws IOException {
    StoredDisk disk = require(name);
    requireOffline(disk, tried);
    return disk;
  }

  /** Returns a disk. */
  StoredDisk disk(DiskName name) throws IOException {
    return require(name);
  }

  <T> T guarded(String tried, DiskName name, FilePool.Work<T> work) throws DiskException {
    return run(tried, name, work);
  }

  @Override
  protected List<Finding> checkMore() {
    Optional<Path> tool = Tool.QEMU_IMG.find();
    return List.of(
        new Finding(
            "qemu-img",
            tool.isPresent()
                ? Answer.ofYes()
                : Answer.no(
                    "it is not on the search path, so that disks cannot be grown, flattened or"
                        + " kept as snapshots; "
                        + Tool.QEMU_IMG.remedy()),
            tool.map(Path::toString).orElse("")));
  }

  @Override
  public <F extends Facet> Optional<F> facet(Class<F> type) {
    requireOpen();
    return facets.stream().filter(type::isInstance).map(type::cast).findFirst();
  }
}
