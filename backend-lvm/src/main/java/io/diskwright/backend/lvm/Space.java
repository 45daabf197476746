package io.diskwright.backend.lvm;

import io.diskwright.spi.backend.Finding;
import io.diskwright.spi.backend.PoolUsage;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import java.io.IOException;
import java.util.List;

/** What a pool's volumes are made of: a thin pool, or the extents of the group. Any thread. */
interface Space {
  /** Returns the thin pool that its volumes are in; empty when they are in none. */
  String thinPool();

  /** Fails when it is not there any more, going by all volumes of the group. */
  void requireAmong(Volumes volumes) throws DiskException;

  PoolUsage usage(Call call) throws DiskException;

  /** Returns how much of it a volume takes, in bytes; 0 when it is not there. */
  long taken(String volume, Call call) throws DiskException;

  /** Removes a volume so that nobody can read what was on it, unless that is not wanted. */
  void dispose(String volume, Call call) throws IOException;

  /** Looks whether there is enough of it. */
  List<Finding> check(Call call) throws DiskException;
}
