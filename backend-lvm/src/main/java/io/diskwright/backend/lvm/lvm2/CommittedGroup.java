package io.diskwright.backend.lvm.lvm2;

import io.diskwright.backend.lvm.lvm2.GroupMetadata.Extents;
import io.diskwright.backend.lvm.lvm2.MetadataText.Section;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What a group's metadata says (lvm2's {@code format_text/import_vsn1.c}).
 *
 * @param volumes the volumes that lvm2 lists, in no order; that they are not active stands for
 *     nothing
 * @param extents how many there are; empty when there are volumes of a kind for which only lvm2 can
 *     count them
 */
record CommittedGroup(List<Volume> volumes, Optional<Extents> extents) {
  private static final int SECTOR = 512;

  /** Those whose space is in volumes of their own, which are in the metadata like others. */
  private static final Set<String> WITHOUT_EXTENTS = Set.of("thin", "thin-pool", "snapshot");

  CommittedGroup {
    volumes = List.copyOf(volumes);
  }

  /**
   * Reads it.
   *
   * @param text as {@link MetadataMark#text} has read it
   * @param name the group's name
   * @param uuid the group's id
   * @param systemId the host that it belongs to; empty when it belongs to none
   * @return empty when it is another group's, or one of which lvm2 has more to say: it is not for
   *     this host alone, or physical volumes are missing
   * @throws IllegalArgumentException when the text is not what lvm2 writes; the message says why
   */
  static Optional<CommittedGroup> read(String text, String name, String uuid, String systemId) {
    Section all = MetadataText.parse(text);
    Section group = all.sections().get(name);
    if (group == null
        || !group.value("id").equals(uuid)
        || !group.values().getOrDefault("system_id", "").equals(systemId)
        || !group.values().getOrDefault("lock_type", "none").equals("none")
        || group.list("status").contains("EXPORTED")
        || !all.value("contents").equals("Text Format Volume Group")
        || all.number("version") != 1) {
      return Optional.empty();
    }
    Collection<Section> devices = group.section("physical_volumes").sections().values();
    if (devices.stream().anyMatch(device -> device.list("flags").contains("MISSING"))) {
      return Optional.empty();
    }
    Section volumes = group.sections().getOrDefault("logical_volumes", MetadataText.NONE);
    long extent = Math.multiplyExact(group.number("extent_size"), SECTOR);
    return Optional.of(
        new CommittedGroup(volumes(volumes, extent), extents(devices, volumes, extent)));
  }

  private static List<Volume> volumes(Section all, long extent) {
    Map<String, String> origins = new HashMap<>(); // of stores, which lvm2 lists as the snapshots
    for (Section volume : all.sections().values()) {
      if (kind(volume).equals("snapshot")) {
        Section snapshot = first(volume);
        origins.put(snapshot.value("cow_store"), snapshot.value("origin"));
      }
    }
    List<Volume> volumes = new ArrayList<>();
    all.sections()
        .forEach(
            (name, volume) -> {
              boolean listed =
                  origins.containsKey(name)
                      || (volume.list("status").contains("VISIBLE")
                          && !kind(volume).equals("snapshot"));
              if (listed) {
                String origin = first(volume).values().getOrDefault("origin", "");
                volumes.add(volume(name, volume, origins.getOrDefault(name, origin), extent));
              }
            });
    return volumes;
  }

  private static Volume volume(String name, Section volume, String origin, long extent) {
    Section first = first(volume);
    return new Volume(
        name,
        volume.value("id"),
        Math.multiplyExact(count(volume), extent),
        kind(volume),
        first.values().getOrDefault("thin_pool", ""),
        origin,
        volume.list("tags"),
        false,
        false,
        volume.list("status").contains("WRITE"),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        first.values().getOrDefault("zero_new_blocks", "0").equals("1"));
  }

  private static Section first(Section volume) {
    return volume.section("segment1");
  }

  /** As lvm2 reports it; what it adds after a plus concerns older releases of it. */
  private static String kind(Section volume) {
    Section first = first(volume);
    String kind = first.value("type").split("[+]", 2)[0];
    return kind.equals("striped") && first.number("stripe_count") == 1 ? "linear" : kind;
  }

  private static List<Section> segments(Section volume) {
    List<Section> segments = new ArrayList<>();
    for (long i = 1; i <= volume.number("segment_count"); i++) {
      segments.add(volume.section("segment" + i));
    }
    return segments;
  }

  private static long count(Section volume) {
    return segments(volume).stream().mapToLong(segment -> segment.number("extent_count")).sum();
  }

  private static Optional<Extents> extents(
      Collection<Section> devices, Section volumes, long extent) {
    long taken = 0;
    for (Section volume : volumes.sections().values()) {
      for (Section segment : segments(volume)) {
        String type = segment.value("type").split("[+]", 2)[0];
        if (type.equals("striped")) {
          taken += segment.number("extent_count");
        } else if (!WITHOUT_EXTENTS.contains(type)) {
          return Optional.empty();
        }
      }
    }
    long all = devices.stream().mapToLong(device -> device.number("pe_count")).sum();
    return taken > all
        ? Optional.empty()
        : Optional.of(
            new Extents(Math.multiplyExact(all, extent), Math.multiplyExact(all - taken, extent)));
  }
}
