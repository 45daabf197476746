package io.diskwright.it.survive;

import io.diskwright.core.provision.Disk;
import io.diskwright.it.lvm.Lvm2;
import io.diskwright.spi.backend.BaseRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * The volumes of a thin pool, or of a group without one and the files that they are copied from.
 */
final class PoolOnLvm implements Storage {
  private final Lvm2 lvm;
  private final Path home;

  private PoolOnLvm(Lvm2 lvm, Path home) {
    this.lvm = lvm;
    this.home = home;
  }

  /** Writes the configuration of a pool in a fresh folder; returns that folder. */
  static Path make(Lvm2 lvm, Path parent) throws IOException {
    Path home = Files.createTempDirectory(parent, "survive-lvm");
    Files.write(group(home), List.of(lvm.name(), lvm.thinPool()));
    Files.move(lvm.pool(home), TestPool.config(home));
    return home;
  }

  private static Path group(Path home) {
    return home.resolve("group");
  }

  /** Returns whether a folder's pool is on LVM. */
  static boolean isIn(Path home) {
    return Files.exists(group(home));
  }

  /** Opens what {@link #make} has made. */
  static PoolOnLvm open(Path home) throws IOException {
    List<String> group = Files.readAllLines(group(home));
    return new PoolOnLvm(Lvm2.of(group.get(0), group.get(1)), home);
  }

  @Override
  public byte[] bytes(Disk disk) throws IOException {
    return bytes(disk.path().orElseThrow(), disk.record().size());
  }

  private static byte[] bytes(Path device, long length) throws IOException {
    try (InputStream in = Files.newInputStream(device)) {
      return in.readNBytes(Math.toIntExact(length));
    }
  }

  @Override
  public byte[] bytes(BaseRecord base) throws IOException {
    if (lvm.thinPool().equals(Lvm2.NO_THIN_POOL)) {
      String file = base.storageId().substring(0, base.storageId().lastIndexOf('#'));
      return Files.readAllBytes(Lvm2.folder(home).resolve("bases/bases").resolve(file));
    }
    String volume = lvm.name() + "/dw.base." + base.key().value();
    String unused = Lvm2.run("lvchange", "-ay", volume);
    return bytes(Path.of("/dev", volume), base.length());
  }

  @Override
  public void write(Disk disk, long offset, byte value, int length) throws IOException {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, value);
    try (RandomAccessFile device =
        new RandomAccessFile(disk.path().orElseThrow().toFile(), "rwd")) {
      device.seek(offset);
      device.write(bytes);
    }
  }

  @Override
  public List<String> damage(Disk disk) {
    return List.of();
  }

  @Override
  public List<String> strays() throws IOException {
    return Lvm2.strays(lvm.name(), lvm.thinPool(), Lvm2.folder(home));
  }

  @Override
  public Duration patience() {
    return Duration.ofSeconds(5);
  }

  @Override
  public void close() {}
}
