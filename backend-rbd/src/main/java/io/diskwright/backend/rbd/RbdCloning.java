package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.CephPool;
import io.diskwright.backend.rbd.ceph.ImageOptions;
import io.diskwright.backend.rbd.ceph.RbdImage;
import io.diskwright.backend.rbd.ceph.RbdSnapshot;
import io.diskwright.spi.Answer;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.Created;
import io.diskwright.spi.backend.DiskOrigin;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.backend.LocationCloning;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.config.Sizes;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.Location;
import io.diskwright.toolkit.os.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Makes disks of images that lie on the same cluster, in any of its pools. */
final class RbdCloning implements LocationCloning {
  private static final String TRIED = "clone location";

  private final RbdPool pool;
  private final RbdDisks disks;

  RbdCloning(RbdPool pool, RbdDisks disks) {
    this.pool = pool;
    this.disks = disks;
  }

  /** Says whether a disk can be made of a location without copying. */
  Answer supports(Image image, Location location) throws IOException {
    Optional<RbdLocation> parsed = RbdLocation.parse(location);
    if (parsed.isEmpty()) {
      return Answer.no("it is not an address rbd://FSID/POOL/IMAGE/SNAPSHOT");
    }
    String fsid = pool.connection().cluster().fsid();
    if (!parsed.get().fsid().equals(fsid)) {
      return Answer.no("it is on the cluster %s, not on %s".formatted(parsed.get().fsid(), fsid));
    }
    if (!image.format().equals(Optional.of(DiskFormat.RAW))) {
      return Answer.no(
          "its format is %s; only raw images can be cloned"
              .formatted(image.format().map(DiskFormat::id).orElse("not known")));
    }
    return supports(parsed.get());
  }

  private Answer supports(RbdLocation location) throws IOException {
    try (CephPool images = pool.connection().cluster().pool(location.pool(), "");
        RbdImage image = images.open(location.image(), true)) {
      if (image.oldFormat()) {
        return Answer.no("the image is of RBD's format 1, which cannot be cloned");
      }
      if ((image.features() & ImageOptions.FEATURE_LAYERING) == 0) {
        return Answer.no("the image lacks RBD's feature layering");
      }
      if (image.snapshots().stream().noneMatch(snapshot -> isOf(snapshot, location))) {
        return Answer.no("there is no snapshot '%s' of the image".formatted(location.snapshot()));
      }
      image.setSnapshot(Optional.of(location.snapshot()));
      int unused = image.read(0, ByteBuffer.allocateDirect(1)); // its data may be in another pool
      return Answer.ofYes();
    } catch (CephException e) {
      if (e.is(Errno.ENOENT) || RbdPools.isForbidden(e)) {
        return Answer.no("it cannot be read: " + e.getMessage());
      }
      throw e;
    }
  }

  private static boolean isOf(RbdSnapshot snapshot, RbdLocation location) {
    return snapshot.kind() == RbdSnapshot.Kind.USER && snapshot.name().equals(location.snapshot());
  }

  @Override
  public Created cloneLocation(DiskRequest request, Image image, Location location, Call call)
      throws DiskException {
    return pool.run(
        TRIED, request.name(), call, gate -> cloneLocation(request, image, location, gate));
  }

  private Created cloneLocation(DiskRequest request, Image image, Location location, Gate gate)
      throws IOException {
    Answer answer = supports(image, location);
    if (!answer.yes()) {
      throw unacceptable(location, answer.reason());
    }
    RbdLocation from = RbdLocation.parse(location).orElseThrow();
    try (CephPool images = pool.connection().cluster().pool(from.pool(), "")) {
      requireFits(images, from, request);
      return disks.make(
          request,
          new DiskOrigin.FromLocation(location),
          "clone",
          made -> cloneFrom(images, from, made, location),
          Optional.empty(),
          gate);
    }
  }

  /** Only what the image itself is to blame for lets core fetch it instead. */
  private void cloneFrom(CephPool images, RbdLocation from, String made, Location location)
      throws IOException {
    try {
      pool.cloneImage(images, from.image(), from.snapshot(), made);
    } catch (CephException e) {
      throw e.is(Errno.ENOENT) || RbdPools.isForbidden(e)
          ? unacceptable(location, String.valueOf(e.getMessage()))
          : e;
    }
  }

  private static DiskException unacceptable(Location location, String said) {
    return DiskException.of(Reason.IMAGE_UNACCEPTABLE, TRIED)
        .resource(location.toString())
        .said(said)
        .remedy("let the image be fetched instead")
        .build();
  }

  private static void requireFits(CephPool images, RbdLocation from, DiskRequest request)
      throws IOException {
    try (RbdImage image = images.open(from.image(), true)) {
      image.setSnapshot(Optional.of(from.snapshot()));
      long size = image.size();
      if (size > request.size()) {
        throw DiskException.of(Reason.BASE_LARGER_THAN_SIZE, TRIED)
            .said(
                "the size %s (%d bytes) is smaller than the image's virtual size %s (%d bytes)"
                    .formatted(
                        Sizes.format(request.size()), request.size(), Sizes.format(size), size))
            .remedy("ask for at least " + size)
            .build();
      }
    }
  }
}
