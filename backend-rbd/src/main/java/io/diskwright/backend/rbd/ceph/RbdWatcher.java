package io.diskwright.backend.rbd.ceph;

import com.sun.jna.Pointer;

/**
 * A client that has an image open for writing.
 *
 * @param address the client's address, as {@link CephCluster#address} writes it
 * @param id the client's instance id, {@link CephCluster#instanceId}
 * @param cookie which of the client's watches it is
 */
public record RbdWatcher(String address, long id, long cookie) {
  /** The size of {@code rbd_image_watcher_t}. */
  static final long SIZE = 24;

  static RbdWatcher of(Pointer watcher) {
    return new RbdWatcher(
        Names.address(Names.at(watcher, 0)), watcher.getLong(8), watcher.getLong(16));
  }
}
