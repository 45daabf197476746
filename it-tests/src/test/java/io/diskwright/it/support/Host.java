package io.diskwright.it.support;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.core.Diskwright;
import io.diskwright.core.Pool;
import io.diskwright.core.event.PoolListener;
import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Diskwright as an embedder opens it: with one pool, {@code pool}, in a folder of its own. */
public final class Host implements AutoCloseable {
  private final Path poolFolder;
  private final Diskwright diskwright;

  private Host(Path poolFolder, Diskwright diskwright) {
    this.poolFolder = poolFolder;
    this.diskwright = diskwright;
  }

  /** Opens it with a pool in a folder, and with further keys such as {@code sync-disks: false}. */
  public static Host open(Path poolFolder, String backend, String... keys) throws IOException {
    return open(poolFolder, backend, PoolListener.NONE, keys);
  }

  /** Opens it with a listener, too. */
  public static Host open(Path poolFolder, String backend, PoolListener listener, String... keys)
      throws IOException {
    return new Host(poolFolder, Diskwright.open(yaml(poolFolder, backend, keys), listener));
  }

  /** Writes a configuration with a pool in a folder. */
  public static Path yaml(Path poolFolder, String backend, String... keys) throws IOException {
    Path file = Files.createTempFile("diskwright", ".yaml");
    file.toFile().deleteOnExit();
    String path = poolFolder.toString().replace("\\", "\\\\").replace("\"", "\\\"");
    return Files.write(
        file,
        List.of(
            "pools:",
            "  pool:",
            "    backend: " + backend,
            "    path: \"" + path + '"',
            keys.length == 0 ? "" : "    " + String.join("\n    ", keys)));
  }

  /** A call that has the time that any test needs. */
  public static Call call() {
    return Call.within(Duration.ofMinutes(5));
  }

  /** Returns what a call fails with. */
  public static DiskException failure(ThrowingCallable call) {
    return catchThrowableOfType(DiskException.class, call);
  }

  /** Starts a request for a disk from an image. */
  public static ProvisionRequest.Builder diskFrom(String name, Path image) {
    return ProvisionRequest.fromImage(new DiskName(name), image.toString());
  }

  /** Makes a disk from an image, at the image's size. */
  public ProvisionResult create(String name, Path image) throws DiskException {
    return provision(diskFrom(name, image));
  }

  /** Makes a disk from an image. */
  public ProvisionResult create(String name, Path image, long size) throws DiskException {
    return provision(diskFrom(name, image).size(size));
  }

  /** Makes a disk that reads as zeros. */
  public ProvisionResult blank(String name, long size) throws DiskException {
    return provision(ProvisionRequest.blank(new DiskName(name), size));
  }

  /** Makes a disk. */
  public ProvisionResult provision(ProvisionRequest.Builder request) throws DiskException {
    return diskwright.provision(request.build(), call());
  }

  /** Returns the library. */
  public Diskwright diskwright() {
    return diskwright;
  }

  /** Returns the pool. */
  public Pool pool() throws DiskException {
    return diskwright.defaultPool();
  }

  /** Returns the pool's folder. */
  public Path poolFolder() {
    return poolFolder;
  }

  /** Returns what is in the pool's folder and belongs to nothing. */
  public List<Path> leftOvers() throws IOException {
    return PoolScan.leftOvers(poolFolder);
  }

  @Override
  public void close() throws DiskException {
    diskwright.close();
  }
}
