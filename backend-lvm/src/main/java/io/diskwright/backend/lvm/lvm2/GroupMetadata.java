package io.diskwright.backend.lvm.lvm2;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a group's metadata alone determines, read from its physical volumes; any thread.
 *
 * <p>lvm2 is asked first, and what is read must say the same: else, and whenever it cannot be read,
 * lvm2 is asked as long as the metadata changes. Each question that is asked anyhow is a proof
 * again.
 */
public final class GroupMetadata {
  private static final Logger LOG = LoggerFactory.getLogger(GroupMetadata.class);

  private final VolumeGroup group;
  private final String uuid;
  private final String systemId;
  private final List<Path> devices;
  private final FromMetadata<List<Volume>> volumes;
  private final FromMetadata<Extents> extents;

  /**
   * How many bytes a group has.
   *
   * @param size of all extents
   * @param free of those that no volume has
   */
  public record Extents(long size, long free) {}

  /**
   * Begins to follow a group.
   *
   * @param state what it was like a moment ago
   */
  public GroupMetadata(VolumeGroup group, GroupState state) {
    this.group = group;
    this.uuid = state.uuid();
    this.systemId = state.systemId();
    // What another host has committed would not be seen for the page cache of this one.
    this.devices = state.isShared() ? List.of() : state.devices();
    this.volumes =
        new FromMetadata<>(
            this::marks,
            marks -> read(marks).map(CommittedGroup::volumes),
            group::volumes,
            (read, asked) -> essence(read).equals(essence(asked)));
    this.extents =
        new FromMetadata<>(
            this::marks,
            marks -> read(marks).flatMap(CommittedGroup::extents),
            this::askForExtents,
            Extents::equals);
  }

  /**
   * Lists the volumes, as {@link VolumeGroup#volumes}: whether they are active, open, and how full,
   * is of no meaning here.
   *
   * @throws DiskException when lvm2 had to be asked, and failed
   */
  public List<Volume> volumes(Call call) throws DiskException {
    return volumes.get(call);
  }

  /** Lists the volumes as {@link VolumeGroup#volumes} does. */
  public List<Volume> ask(Call call) throws DiskException {
    return volumes.ask(call);
  }

  /**
   * Returns how many bytes belong to no volume, of how many.
   *
   * @throws DiskException when lvm2 had to be asked, and failed
   */
  public Extents extents(Call call) throws DiskException {
    return extents.get(call);
  }

  private Extents askForExtents(Call call) throws DiskException {
    GroupState state =
        group
            .state(call)
            .orElseThrow(
                () ->
                    DiskException.of(Reason.UNAVAILABLE, "look at volume group")
                        .resource(group.name())
                        .said("it is gone")
                        .remedy("bring it back, or take the pool out of the configuration")
                        .build());
    return new Extents(state.size(), state.free());
  }

  /** Of each physical volume, as each commit writes to all that have an area. */
  private List<Optional<MetadataMark>> marks() {
    return devices.stream().map(MetadataMark::read).toList();
  }

  private Optional<CommittedGroup> read(List<Optional<MetadataMark>> marks) {
    List<MetadataMark> there = marks.stream().flatMap(Optional::stream).toList();
    if (there.isEmpty() || !there.stream().allMatch(there.get(0)::agreesWith)) {
      return Optional.empty(); // which of them holds, lvm2 decides
    }
    Path device = devices.get(marks.indexOf(Optional.of(there.get(0))));
    try {
      return there
          .get(0)
          .text(device)
          .flatMap(text -> CommittedGroup.read(text, group.name(), uuid, systemId));
    } catch (IllegalArgumentException | ArithmeticException e) {
      LOG.debug("lvm2 is asked, as the metadata of {} is new to us", group.name(), e);
      return Optional.empty();
    }
  }

  /** What of a volume is asked of its metadata. */
  private record Essence(String name, String uuid, long size, String thinPool, Set<String> tags) {}

  private static List<Essence> essence(List<Volume> volumes) {
    return volumes.stream()
        .map(
            volume ->
                new Essence(
                    volume.name(),
                    volume.uuid(),
                    volume.size(),
                    volume.thinPool(),
                    Set.copyOf(volume.tags())))
        .sorted(Comparator.comparing(Essence::uuid))
        .toList();
  }
}
