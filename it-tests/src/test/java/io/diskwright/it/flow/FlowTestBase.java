package io.diskwright.it.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.event.PoolListener;
import io.diskwright.core.provision.Disk;
import io.diskwright.it.support.Host;
import io.diskwright.it.support.Images;
import io.diskwright.spi.DiskFormat;
import io.diskwright.toolkit.qcow2.Qcow2Header;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** An embedder with a pool, whose folder has nothing that belongs to nothing after each test. */
abstract class FlowTestBase {
  static final long MIB = 1024 * 1024;

  @Parameter String backend = "";

  @TempDir Path folder = Path.of("");
  private Host host;

  @BeforeEach
  void open() throws IOException {
    host = Host.open(poolFolder(), backend, listener(), keys());
  }

  @AfterEach
  void nothingIsLeftBehind() throws IOException {
    host.close();
    assertThat(host.leftOvers()).isEmpty();
  }

  /** Returns further keys of the pool. */
  String[] keys() {
    return new String[0];
  }

  /** Returns who hears what happens. */
  PoolListener listener() {
    return PoolListener.NONE;
  }

  final Host host() {
    return host;
  }

  final Path poolFolder() {
    return folder.resolve("pool");
  }

  /** Opens the same pool anew, as the next process would. */
  final void reopen() throws IOException {
    host.close();
    open();
  }

  /** Makes an image of 8 MiB. */
  final Path image(String name) throws IOException {
    return Images.raw(folder.resolve(name), name.hashCode(), 8 * MIB);
  }

  /** Checks what a disk reads as that nobody has written yet, without any tool. */
  static void assertReadsAs(Disk disk, Path image) throws IOException {
    Path file = disk.path().orElseThrow();
    if (disk.record().format() == DiskFormat.RAW) {
      assertThat(Files.size(file)).isEqualTo(disk.record().size());
      assertThat(Images.readsAs(file, image)).isTrue();
      return;
    }
    Qcow2Header header = header(file);
    assertThat(header.virtualSize()).isEqualTo(disk.record().size());
    assertThat(header.backingFormat()).hasValue("raw");
    Path base = file.resolveSibling(header.backingFile().orElseThrow());
    assertThat(Images.readsAs(base, image)).isTrue();
  }

  private static Qcow2Header header(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer start = ByteBuffer.allocate(Qcow2Header.MAX_LENGTH);
      channel.read(start, 0);
      return Qcow2Header.read(start.flip());
    }
  }
}
