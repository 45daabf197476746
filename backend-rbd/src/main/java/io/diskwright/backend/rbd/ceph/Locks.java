package io.diskwright.backend.rbd.ceph;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import io.diskwright.toolkit.os.Errno;
import java.util.ArrayList;
import java.util.List;

/** Locks on one object, by RADOS' class {@code lock}. */
final class Locks {
  private static final int FIRST_CAPACITY = 512;
  private static final int MOST_CAPACITY = 1 << 24;

  private final Pointer context;
  private final String object;
  private final String resource;
  private final Librados rados = CephLibraries.rados();

  Locks(Pointer context, String object, String resource) {
    this.context = context;
    this.object = object;
    this.resource = resource;
  }

  int lock(LockRequest request) {
    byte flags = request.renew() ? Librados.LOCK_FLAG_MUST_RENEW : 0;
    try (NativeMemory memory = new NativeMemory()) {
      Pointer timeval = memory.allocate(16);
      timeval.setLong(0, request.lease().toSeconds());
      timeval.setLong(8, request.lease().toNanosPart() / 1000);
      return request.exclusive()
          ? rados.rados_lock_exclusive(
              context,
              object,
              request.name(),
              request.cookie(),
              request.description(),
              timeval,
              flags)
          : rados.rados_lock_shared(
              context,
              object,
              request.name(),
              request.cookie(),
              request.tag(),
              request.description(),
              timeval,
              flags);
    }
  }

  /** A list of strings that librados returns in a buffer. */
  private static final class Strings {
    final byte[] bytes;
    final LongByReference length;

    Strings(int capacity) {
      bytes = new byte[capacity];
      length = new LongByReference(capacity);
    }
  }

  Lockers lockers(String name) throws CephException {
    for (int capacity = FIRST_CAPACITY; ; capacity *= 8) {
      IntByReference exclusive = new IntByReference();
      Strings tag = new Strings(capacity);
      Strings clients = new Strings(capacity);
      Strings cookies = new Strings(capacity);
      Strings addresses = new Strings(capacity);
      long count =
          rados.rados_list_lockers(
              context,
              object,
              name,
              exclusive,
              tag.bytes,
              tag.length,
              clients.bytes,
              clients.length,
              cookies.bytes,
              cookies.length,
              addresses.bytes,
              addresses.length);
      if (count == -Errno.ERANGE && capacity < MOST_CAPACITY) {
        continue;
      }
      if (count == -Errno.ENOENT) {
        return Lockers.NOBODY;
      }
      CephCluster.check(count, "list the lockers of", resource);
      return lockers(
          exclusive.getValue() != 0,
          Names.first(tag.bytes),
          Names.list(clients.bytes, (int) count),
          Names.list(cookies.bytes, (int) count),
          Names.list(addresses.bytes, (int) count));
    }
  }

  private static Lockers lockers(
      boolean exclusive,
      String tag,
      List<String> clients,
      List<String> cookies,
      List<String> addresses) {
    List<Locker> all = new ArrayList<>();
    for (int at = 0; at < clients.size(); at++) {
      all.add(new Locker(clients.get(at), cookies.get(at), Names.address(addresses.get(at))));
    }
    return new Lockers(exclusive, tag, all);
  }
}
