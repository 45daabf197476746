package io.diskwright.backend.rbd.ceph;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** Makes namespaces, much faster than the tool does. */
public final class Namespaces {
  private static final Calls CALLS = Native.load("rbd", Calls.class);

  private Namespaces() {}

  /** What is called of librbd. */
  interface Calls extends Library {
    int rbd_namespace_create(Pointer context, String name);
  }

  /** Makes a namespace of a pool. */
  public static void create(CephPool pool, String namespace) throws CephException {
    long unused =
        pool.call(
            () ->
                CephCluster.check(
                    CALLS.rbd_namespace_create(pool.pointer(), namespace),
                    "make namespace",
                    namespace));
  }
}
