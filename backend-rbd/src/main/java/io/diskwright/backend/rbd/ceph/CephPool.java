package io.diskwright.backend.rbd.ceph;

import com.ceph.rados.IoCTX;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.ByteByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import io.diskwright.toolkit.os.Errno;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** A pool of a cluster, or a namespace in it: its objects, locks and images. Any thread. */
public final class CephPool extends Handle {
  private final CephCluster cluster;
  private final IoCTX context;
  private final String name;
  private final String namespace;
  private final CephTrash trash = new CephTrash(this);

  CephPool(CephCluster cluster, IoCTX context, String name, String namespace) {
    super("pool (" + name + (namespace.isEmpty() ? "" : "/" + namespace) + ")", cluster);
    this.cluster = cluster;
    this.context = context;
    this.name = name;
    this.namespace = namespace;
  }

  /** Returns the pool's name. */
  public String name() {
    return name;
  }

  /** Returns the namespace; empty for the default one. */
  public String namespace() {
    return namespace;
  }

  /** Returns the pool's id, which it keeps when it is renamed. */
  public long id() throws CephException {
    return call(this::idInsideCall);
  }

  /** Returns the same inside a call on this handle, or on one below it. */
  long idInsideCall() {
    return context.getId();
  }

  CephCluster cluster() {
    return cluster;
  }

  /** Returns the native handle; inside a call on this handle, or on one below it. */
  Pointer pointer() {
    return context.getPointer();
  }

  /** Names something in this pool as Ceph's tools do. */
  String path(String member) {
    return name + (namespace.isEmpty() ? "" : "/" + namespace) + "/" + member;
  }

  /**
   * Returns those of some keys of an object's omap that are there, as they were at one moment.
   *
   * @return empty when there is no such object
   */
  public Optional<SortedMap<String, byte[]>> readOmap(String object, Collection<String> keys)
      throws CephException {
    keys.forEach(key -> Names.check("key", key));
    Names.check("object", object);
    return call(() -> new OmapReader(pointer(), object, path(object)).read(keys));
  }

  /**
   * Returns all keys of an object's omap that begin with a prefix. They are read a thousand at a
   * time, each thousand as it was at one moment.
   *
   * @return empty when there is no such object
   */
  public Optional<SortedMap<String, byte[]>> listOmap(String object, String prefix)
      throws CephException {
    Names.check("prefix", prefix);
    Names.check("object", object);
    return call(() -> new OmapReader(pointer(), object, path(object)).list(prefix));
  }

  /**
   * Makes changes of an object, all or none.
   *
   * @throws CephException with {@code ECANCELED} when a comparison failed, {@code EEXIST} or {@code
   *     ENOENT} as the changes say; with {@code ETIMEDOUT} they may still be made
   */
  public void write(ObjectWrite write) throws CephException {
    check(() -> write.perform(pointer()), "write object", path(write.object()));
  }

  /** Returns whether there is an object of that name. */
  public boolean objectExists(String object) throws CephException {
    Names.check("object", object);
    Librados rados = CephLibraries.rados();
    return checkThere(
        () -> rados.rados_stat(pointer(), object, new LongByReference(), null),
        "look for object",
        path(object));
  }

  /**
   * Writes a part of an object, which is made when it is not there.
   *
   * @throws CephException with {@code EOPNOTSUPP} when that part is there already, and the pool is
   *     an erasure-coded one that does not allow overwriting
   */
  public void writeObject(String object, long offset, byte[] bytes) throws CephException {
    Names.check("object", object);
    Librados rados = CephLibraries.rados();
    check(
        () -> rados.rados_write(pointer(), object, bytes, bytes.length, offset),
        "write object",
        path(object));
  }

  /**
   * Takes a lock on an object, or renews it, without waiting. The object is made when it is not
   * there.
   *
   * @throws CephException with {@code EBUSY} when another client or cookie holds it, {@code EEXIST}
   *     when the same client and cookie do already and it is no renewal, {@code ENOENT} when it was
   *     to be renewed and is not held any more
   */
  public void lock(String object, LockRequest request) throws CephException {
    Names.check("object", object);
    check(() -> lockInsideCall(object, request), "lock", path(object));
  }

  /** Without locks nothing could be removed from a pool that is full; they take no space. */
  private int lockInsideCall(String object, LockRequest request) {
    int result = locks(object).lock(request);
    if (result != -Errno.ENOSPC && result != -Errno.EDQUOT) {
      return result;
    }
    int made = ObjectWrite.on(object).create().performThoughFull(pointer());
    return made < 0 ? result : locks(object).lock(request);
  }

  /**
   * Gives a lock of this client back.
   *
   * @return whether it was held
   */
  public boolean unlock(String object, String lock, String cookie) throws CephException {
    Names.check("object", object);
    Librados rados = CephLibraries.rados();
    return checkThere(
        () -> rados.rados_unlock(pointer(), object, lock, cookie), "unlock", path(object));
  }

  /**
   * Takes a lock away from its holder, who learns it at the next renewal.
   *
   * @return whether it was held
   */
  public boolean breakLock(String object, String lock, Locker holder) throws CephException {
    Names.check("object", object);
    Librados rados = CephLibraries.rados();
    return checkThere(
        () -> rados.rados_break_lock(pointer(), object, lock, holder.client(), holder.cookie()),
        "break the lock of",
        path(object));
  }

  /** Returns who holds a lock on an object. */
  public Lockers lockers(String object, String lock) throws CephException {
    Names.check("object", object);
    return call(() -> locks(object).lockers(lock));
  }

  private Locks locks(String object) {
    return new Locks(pointer(), object, path(object));
  }

  /**
   * Makes an image that reads as zeros.
   *
   * @throws CephException with {@code EEXIST} when the name is taken
   */
  public void createImage(String image, long size, ImageOptions options) throws CephException {
    Names.check("image", image);
    Librbd rbd = CephLibraries.rbd();
    check(
        () ->
            options.with(
                Librbd.IMAGE_OPTION_FORMAT,
                2,
                made -> rbd.rbd_create4(pointer(), image, size, made)),
        "create image",
        path(image));
  }

  /**
   * Makes an image in this pool that is a clone of a snapshot, by clone format 2: the snapshot need
   * not be protected, and its image can go to the trash while the clone lives.
   *
   * @throws CephException with {@code EEXIST} when the name is taken, {@code ENOENT} when there is
   *     no such snapshot
   */
  public void cloneImage(
      CephPool parentPool, String parent, String snapshot, String image, ImageOptions options)
      throws CephException {
    Names.check("parent", parent);
    Names.check("snapshot", snapshot);
    Names.check("image", image);
    Librbd rbd = CephLibraries.rbd();
    check(
        () ->
            parentPool.call(
                () ->
                    options.with(
                        Librbd.IMAGE_OPTION_CLONE_FORMAT,
                        2,
                        made ->
                            rbd.rbd_clone3(
                                parentPool.pointer(), parent, snapshot, pointer(), image, made))),
        "clone " + parentPool.path(parent) + "@" + snapshot + " to image",
        path(image));
  }

  /**
   * Opens an image by its name. One that is opened for writing is watched: others see it, and
   * cannot remove it.
   *
   * @param readOnly whether to open it so, without a watch: what is known of it then is as it was
   *     when it was opened
   * @throws CephException with {@code ENOENT} when there is no such image; one in the trash has no
   *     name
   */
  public RbdImage open(String image, boolean readOnly) throws CephException {
    Names.check("image", image);
    Librbd rbd = CephLibraries.rbd();
    return open(
        image,
        readOnly,
        opened ->
            readOnly
                ? rbd.rbd_open_read_only(pointer(), image, opened, null)
                : rbd.rbd_open(pointer(), image, opened, null));
  }

  /**
   * Opens an image by its id, wherever it is: also in the trash.
   *
   * @param readOnly as {@link #open}
   * @throws CephException with {@code ENOENT} when there is no such image
   */
  public RbdImage openById(String id, boolean readOnly) throws CephException {
    Names.check("id", id);
    Librbd rbd = CephLibraries.rbd();
    return open(
        "id " + id,
        readOnly,
        opened ->
            readOnly
                ? rbd.rbd_open_by_id_read_only(pointer(), id, opened, null)
                : rbd.rbd_open_by_id(pointer(), id, opened, null));
  }

  /** One of the ways to open an image. */
  @FunctionalInterface
  private interface Open {
    int open(PointerByReference image);
  }

  private RbdImage open(String image, boolean readOnly, Open open) throws CephException {
    return call(
        () -> {
          PointerByReference opened = new PointerByReference();
          CephCluster.check(open.open(opened), "open image", path(image));
          return adopt(new RbdImage(this, opened.getValue(), path(image), readOnly));
        });
  }

  /**
   * Removes an image and its data.
   *
   * <p>One whose removal was not finished, for whatever reason, cannot be opened by its name any
   * more. It still is among {@link #images}, not in the {@link #trash}, and is removed by its name,
   * or with {@link CephTrash#remove} by its id.
   *
   * @param progress can end it, and leaves it so
   * @throws CephException with {@code ENOENT} when there is no such image, {@code EBUSY} when
   *     somebody has it open, {@code ENOTEMPTY} when it has snapshots
   */
  public void removeImage(String image, RbdProgress progress) throws CephException {
    Names.check("image", image);
    Librbd rbd = CephLibraries.rbd();
    check(
        () ->
            trash.passThrough(
                () ->
                    ProgressReports.during(
                        progress,
                        reports -> rbd.rbd_remove_with_progress(pointer(), image, reports, null))),
        "remove image",
        path(image));
  }

  /** Returns its trash. */
  public CephTrash trash() {
    return trash;
  }

  /** Returns the images that have a name, by name; also those that are half removed. */
  public List<ImageName> images() throws CephException {
    Librbd rbd = CephLibraries.rbd();
    return call(
        () ->
            NativeList.read(
                ImageName.SIZE,
                (array, count) -> rbd.rbd_list2(pointer(), array, count),
                rbd::rbd_image_spec_list_cleanup,
                ImageName::of,
                "list the images of pool",
                name));
  }

  /**
   * Returns the size that an image of format 2 has now, in bytes. It asks the image's header once,
   * where opening the image takes dozens of questions.
   *
   * @param id the image's id
   * @throws CephException with {@code ENOENT} when there is no such image
   */
  public long imageSize(String id) throws CephException {
    Names.check("id", id);
    return call(() -> new ImageHeader(pointer(), id, path("id " + id)).size().bytes());
  }

  /**
   * Makes an image of format 2 longer that nobody has open, without opening it, which takes several
   * times as long; one that is as long stays as it is. Who opens it meanwhile is not told of the
   * size.
   *
   * @param image the image's name
   * @param size the size in bytes, more than 0
   * @return the image's id; empty, and nothing is done, when it has features that only librbd knows
   *     how to treat
   * @throws CephException with {@code ENOENT} when there is no such image of format 2, {@code
   *     EINVAL} when it would have more objects than an object map can have, {@code ENOSPC} or
   *     {@code EDQUOT} when the cluster or the pool is full; with {@code ETIMEDOUT} it may still
   *     happen
   */
  public Optional<String> growClosed(String image, long size) throws CephException {
    Names.check("image", image);
    return call(
        () -> {
          String id = ImageHeader.id(pointer(), image, path(image));
          long features = new ImageHeader(pointer(), id, path(image)).features();
          if ((features & ~QuietImage.GROWS) != 0) {
            return Optional.empty();
          }
          new QuietImage(pointer(), id, features, path(image)).grow(size);
          return Optional.of(id);
        });
  }

  /**
   * Returns the id of the image that one is a clone of, and still depends on; asked of its header,
   * without opening the one or the other.
   *
   * @param id the clone's id
   * @throws CephException with {@code ENOENT} when there is no such image
   */
  public Optional<String> parentId(String id) throws CephException {
    Names.check("id", id);
    return call(() -> new ImageHeader(pointer(), id, path("id " + id)).parentId());
  }

  /**
   * Returns an id for a snapshot of an image whose data is in this pool. The monitors give such ids
   * out about once a second; one that is not used need not be given back.
   *
   * @throws CephException with {@code EINVAL} when the pool has snapshots of its own, {@code
   *     ETIMEDOUT} when no monitor answers; an id that is given then is lost
   */
  public long newSnapshotId() throws CephException {
    LongByReference id = new LongByReference();
    check(
        () -> CephLibraries.rados().rados_ioctx_selfmanaged_snap_create(pointer(), id),
        "ask for a snapshot's id in pool",
        name);
    return id.getValue();
  }

  /**
   * Returns how full it is; the same for all its namespaces.
   *
   * @throws CephException as {@link CephCluster#stats} does
   */
  public PoolStats stats() throws CephException {
    requireOpen();
    return cluster.stats(name);
  }

  /** Returns whether it is for RBD: {@code rbd pool init} was run, or the application enabled. */
  public boolean initialised() throws CephException {
    return call(
        () -> {
          for (int length = 256; ; length *= 4) {
            byte[] names = new byte[length];
            LongByReference used = new LongByReference(length);
            int result = CephLibraries.rados().rados_application_list(pointer(), names, used);
            if (result != -Errno.ERANGE || length > 1 << 20) {
              CephCluster.check(result, "list the applications of pool", name);
              return Names.list(names, Integer.MAX_VALUE).contains("rbd");
            }
          }
        });
  }

  /** Returns whether RBD knows the namespace; the default one is always there. */
  public boolean namespaceExists() throws CephException {
    requireOpen();
    if (namespace.isEmpty()) {
      return true;
    }
    return call(
        () -> {
          ByteByReference exists = new ByteByReference();
          CephCluster.check(
              CephLibraries.rbd().rbd_namespace_exists(pointer(), namespace, exists),
              "look for namespace",
              name + "/" + namespace);
          return exists.getValue() != 0;
        });
  }

  void check(NativeCall<Integer> call, String operation, String resource) throws CephException {
    long unused = CephCluster.check(call(call), operation, resource);
  }

  private boolean checkThere(NativeCall<Integer> call, String operation, String resource)
      throws CephException {
    int result = call(call);
    if (result == -Errno.ENOENT) {
      return false;
    }
    long unused = CephCluster.check(result, operation, resource);
    return true;
  }

  /**
   * Waits until librados has done with the completions that have come by now, which it tells one
   * after the other; inside a call on this handle, or on one below it. It asks nobody, for nothing
   * is written asynchronously here.
   */
  void awaitCompletions() throws CephException {
    Librados rados = CephLibraries.rados();
    PointerByReference made = new PointerByReference();
    String operation = "wait for completions of pool";
    CephCluster.check(rados.rados_aio_create_completion2(null, null, made), operation, name);
    Pointer completion = made.getValue();
    try {
      CephCluster.check(rados.rados_aio_flush_async(pointer(), completion), operation, name);
      CephCluster.check(rados.rados_aio_wait_for_complete(completion), operation, name);
    } finally {
      rados.rados_aio_release(completion);
    }
  }

  @Override
  void release() {
    try {
      context.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // declared, but rados-java never throws it
    }
  }
}
