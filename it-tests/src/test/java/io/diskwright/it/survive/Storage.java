package io.diskwright.it.survive;

import io.diskwright.core.provision.Disk;
import io.diskwright.spi.backend.BaseRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What a pool has on its storage, looked at without the library. */
interface Storage extends AutoCloseable {
  /** Returns what a machine would read of a disk. */
  byte[] bytes(Disk disk) throws IOException;

  /** Returns what a disk that is made of a base begins with. */
  byte[] bytes(BaseRecord base) throws IOException;

  /** Writes bytes of one value to a disk, as a machine would. */
  void write(Disk disk, long offset, byte value, int length) throws IOException;

  /** Returns what the storage's own tools find wrong with a disk. */
  List<String> damage(Disk disk) throws IOException;

  /** Returns all that is neither the pool's own, nor a record, nor named by one. */
  List<String> strays() throws IOException;

  /** Returns how long what somebody who died has held may be held on. */
  Duration patience();

  @Override
  void close() throws IOException;
}
