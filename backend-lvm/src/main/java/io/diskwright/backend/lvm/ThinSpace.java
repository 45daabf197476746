package io.diskwright.backend.lvm;

import io.diskwright.backend.lvm.lvm2.GroupState;
import io.diskwright.backend.lvm.lvm2.ThinPoolStatus;
import io.diskwright.backend.lvm.lvm2.Volume;
import io.diskwright.backend.lvm.lvm2.VolumeGroup;
import io.diskwright.spi.Answer;
import io.diskwright.spi.backend.Finding;
import io.diskwright.spi.backend.PoolUsage;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.util.List;
import java.util.Optional;

/** A thin pool, whose volumes take of it what is written to them. */
final class ThinSpace implements Space {
  /**
   * Beyond these a write soon fails that is under way in a machine, and then the machine stands.
   */
  private static final double MOST_DATA = 95;

  private static final double MOST_METADATA = 90;

  private final VolumeGroup group;
  private final String groupUuid;
  private final String name;
  private final String uuid;
  private final boolean zeroes;

  ThinSpace(VolumeGroup group, GroupState state, Volume thinPool) {
    this.group = group;
    this.groupUuid = state.uuid();
    this.name = thinPool.name();
    this.uuid = thinPool.uuid();
    this.zeroes = thinPool.zeroes();
  }

  @Override
  public String thinPool() {
    return name;
  }

  /** Returns whether the thin pool zeroed what it hands out when this was opened. */
  boolean zeroes() {
    return zeroes;
  }

  @Override
  public void requireAmong(Volumes volumes) throws DiskException {
    Volume unused = find(volumes);
  }

  private Volume find(Volumes volumes) throws DiskException {
    return volumes
        .find(name)
        .orElseThrow(
            () ->
                DiskException.of(Reason.UNAVAILABLE, "look at thin pool")
                    .resource(group.name() + '/' + name)
                    .said("it is gone")
                    .remedy("restore it, or take the pool out of the configuration")
                    .build());
  }

  /** Asks lvm2 only when the kernel does not know, as of a thin pool that is not active. */
  private ThinPoolStatus status(Call call) throws DiskException {
    Optional<ThinPoolStatus> active = ThinPoolStatus.read(groupUuid, uuid);
    return active.isPresent()
        ? active.get()
        : ThinPoolStatus.of(find(new Volumes(group.volumes(List.of(name), call))));
  }

  /** Fails when it is so full that its machines may soon stand still. */
  void requireRoom(Call call) throws DiskException {
    ThinPoolStatus status = status(call);
    if (!hasRoom(status)) {
      throw DiskException.of(Reason.NO_SPACE, "make volume")
          .resource(group.name() + '/' + name)
          .said(
              "of its data %.1f %% are used and of its metadata %.1f %%; nothing is made beyond"
                      .formatted(status.data(), status.metadata())
                  + " %.0f and %.0f".formatted(MOST_DATA, MOST_METADATA))
          .remedy("extend the thin pool with: lvextend, or delete disks and bases")
          .build();
    }
  }

  static boolean hasRoom(ThinPoolStatus status) {
    return status.data() <= MOST_DATA && status.metadata() <= MOST_METADATA;
  }

  @Override
  public PoolUsage usage(Call call) throws DiskException {
    ThinPoolStatus status = status(call);
    return new PoolUsage(status.size(), status.free());
  }

  /** Shared with others or not. */
  @Override
  public long taken(String volume, Call call) throws DiskException {
    return group
        .volume(volume, call)
        .map(there -> (long) Math.ceil(there.size() * there.data().orElse(0) / 100))
        .orElse(0L);
  }

  /** What it hands out it zeroes, or was allowed not to. */
  @Override
  public void dispose(String volume, Call call) throws DiskException {
    group.remove(volume, call);
  }

  @Override
  public List<Finding> check(Call call) throws DiskException {
    ThinPoolStatus status = status(call);
    String note =
        "%.1f %% of the data and %.1f %% of the metadata used"
            .formatted(status.data(), status.metadata());
    return List.of(
        new Finding(
            "room in the thin pool",
            hasRoom(status)
                ? Answer.ofYes()
                : Answer.no("it is nearly full; extend it, or delete disks and bases"),
            note));
  }
}
