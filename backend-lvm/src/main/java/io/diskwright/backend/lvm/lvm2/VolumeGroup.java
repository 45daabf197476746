package io.diskwright.backend.lvm.lvm2;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.process.Tool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Reads and changes one volume group with lvm2's commands; any thread.
 *
 * <p>Each change is one command, and one commit of the group's metadata. lvm2's exit statuses tell
 * little: after a failure ({@code IO_ERROR} or {@code NO_SPACE}, with what lvm2 said), {@link
 * #volume} tells what there is. Each call throws a {@link DiskException} with reason {@code
 * UNAVAILABLE} when there is no lvm2, or it is too slow, and {@code OUTCOME_UNKNOWN} when that
 * happened to a change.
 */
public final class VolumeGroup {
  /** The command that all this is done with. */
  public static final Tool TOOL = new Tool("lvm", "lvm2");

  private static final int SECTOR = 512;
  private static final String EXTENTS = "seg_pe_ranges";

  private final String name;
  private final Lvm lvm;

  /** Takes a group's name; it need not be there. */
  public VolumeGroup(String name) {
    this(name, new Lvm(""));
  }

  private VolumeGroup(String name, Lvm lvm) {
    this.name = name;
    this.lvm = lvm;
  }

  /**
   * Returns a group that another host has, by lvmsystemid(7); lvm2 is told that it runs there, as a
   * host without an id of its own is not let near such a group by {@code extra_system_ids}.
   *
   * @param systemId that host's system id, of what lvm2 takes for one: letters, digits, and {@code
   *     .-_:}
   */
  public static VolumeGroup ofHost(String systemId, String name) {
    return new VolumeGroup(
        name,
        new Lvm("global {system_id_source=lvmlocal} local {system_id=\"%s\"}".formatted(systemId)));
  }

  /** Returns the group's name. */
  public String name() {
    return name;
  }

  /**
   * Returns what the group is like, also when it has a lock type and nobody manages its locks.
   *
   * @return empty when there is no such group
   */
  public Optional<GroupState> state(Call call) throws DiskException {
    List<Map<String, String>> rows =
        lvm.report(
            "look at volume group",
            "vgs",
            GroupState.FIELDS,
            List.of("--shared", "-S", "vg_name=" + quoted(name)),
            call);
    return rows.isEmpty()
        ? Optional.empty()
        : Optional.of(read("look at volume group", () -> GroupState.of(rows)));
  }

  /**
   * Lists the volumes, but not those that lvm2 keeps inside others.
   *
   * @throws DiskException with reason {@code IO_ERROR}, besides, when there is no such group
   */
  public List<Volume> volumes(Call call) throws DiskException {
    return report(List.of(), call);
  }

  /**
   * Finds a volume.
   *
   * @return empty when there is none of that name
   * @throws DiskException with reason {@code IO_ERROR}, besides, when there is no such group
   */
  public Optional<Volume> volume(String volume, Call call) throws DiskException {
    return volumes(List.of(volume), call).stream().findFirst();
  }

  /**
   * Finds volumes.
   *
   * @return those of these names that there are, in no order
   * @throws DiskException with reason {@code IO_ERROR}, besides, when there is no such group
   */
  public List<Volume> volumes(Collection<String> names, Call call) throws DiskException {
    String any =
        names.stream().map(one -> "lv_name=" + quoted(one)).collect(Collectors.joining(" || "));
    return report(List.of("-S", any), call);
  }

  private List<Volume> report(List<String> selection, Call call) throws DiskException {
    String tried = "look at logical volumes";
    List<String> more = new ArrayList<>(selection);
    more.add(name);
    List<Map<String, String>> rows = lvm.report(tried, "lvs", Volume.FIELDS, more, call);
    return read(tried, () -> Volume.of(rows));
  }

  /** Makes something of a report's rows. */
  @FunctionalInterface
  private interface Reading<T> {
    T read();
  }

  private <T> T read(String tried, Reading<T> reading) throws DiskException {
    try {
      return reading.read();
    } catch (IllegalArgumentException e) {
      throw DiskException.of(Reason.UNAVAILABLE, tried)
          .resource(name)
          .said("lvm2 reports it in a way that is not known: " + e.getMessage())
          .remedy("use a release of lvm2 that is supported")
          .cause(e)
          .build();
    }
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }

  /**
   * Makes a thin volume, active; fails when the name is taken.
   *
   * @param size its size in bytes, which is rounded up to whole extents
   */
  public void createThin(String volume, String thinPool, long size, List<String> tags, Call call)
      throws DiskException {
    List<String> arguments =
        create(volume, List.of("--type", "thin", "-V", bytes(size), "--thinpool", thinPool), tags);
    arguments.add("-ay");
    arguments.add(name);
    lvm.change("make thin volume", arguments, call);
  }

  /**
   * Makes a linear volume, active, which reads as whatever is on its extents; fails when the name
   * is taken.
   *
   * @param size its size in bytes, which is rounded up to whole extents
   */
  public void createLinear(String volume, long size, List<String> tags, Call call)
      throws DiskException {
    // Neither the first bytes nor signatures are wiped: that is left to whoever fills it.
    List<String> kind = List.of("--type", "linear", "-L", bytes(size), "-Zn", "-Wn");
    List<String> arguments = create(volume, kind, tags);
    arguments.add("-ay");
    arguments.add(name);
    lvm.change("make linear volume", arguments, call);
  }

  /**
   * Returns which extents a linear volume has, as {@link #extend(String, long, List, Call)} takes
   * them: each range with its physical volume.
   */
  public List<String> extents(String volume, Call call) throws DiskException {
    String tried = "look at extents of logical volume";
    List<Map<String, String>> rows =
        lvm.report(tried, "lvs", List.of(EXTENTS), List.of(path(volume)), call);
    return read(
        tried,
        () ->
            rows.stream()
                .flatMap(row -> Arrays.stream(Report.field(row, EXTENTS).split(" ", -1)))
                .toList());
  }

  /**
   * Makes a thin snapshot of a thin volume, of its size; fails when the name is taken.
   *
   * @param active whether it gets a device
   */
  public void createSnapshot(
      String volume, String origin, List<String> tags, boolean active, Call call)
      throws DiskException {
    // A size beside -s would make a snapshot of another kind, which fills up.
    List<String> arguments = create(volume, List.of("-s", "-kn"), tags);
    arguments.add(active ? "-ay" : "-an");
    arguments.add(path(origin));
    lvm.change("make thin snapshot", arguments, call);
  }

  private static List<String> create(String volume, List<String> kind, List<String> tags) {
    List<String> arguments = new ArrayList<>(List.of("lvcreate", "-n", volume));
    arguments.addAll(kind);
    tags.forEach(tag -> arguments.addAll(List.of("--addtag", tag)));
    return arguments;
  }

  /** Gives a volume another name; fails when that is taken. */
  public void rename(String volume, String to, Call call) throws DiskException {
    lvm.change("rename logical volume", List.of("lvrename", name, volume, to), call);
  }

  /**
   * Grows a volume, what is new reading as zeros when it is thin.
   *
   * @param size its new size in bytes, which is rounded up to whole extents
   */
  public void extend(String volume, long size, Call call) throws DiskException {
    lvm.change("extend logical volume", List.of("lvextend", "-L", bytes(size), path(volume)), call);
  }

  /**
   * Grows a linear volume by just these extents, which read as before; fails with {@code NO_SPACE}
   * when one of them belongs to a volume.
   *
   * @param size its new size in bytes, a multiple of the group's extents
   * @param extents ranges with their physical volumes, as {@link #extents} returns them
   */
  public void extend(String volume, long size, List<String> extents, Call call)
      throws DiskException {
    // Wherever they are: what a group's own policy asks of new extents is not asked of these.
    List<String> arguments =
        new ArrayList<>(List.of("lvextend", "-L", bytes(size), "--alloc", "normal", path(volume)));
    arguments.addAll(extents);
    lvm.change("extend logical volume", arguments, call);
  }

  /** Replaces tags of a volume, in one commit. */
  public void retag(String volume, List<String> remove, List<String> add, Call call)
      throws DiskException {
    List<String> arguments = new ArrayList<>(List.of("lvchange"));
    remove.forEach(tag -> arguments.addAll(List.of("--deltag", tag)));
    add.forEach(tag -> arguments.addAll(List.of("--addtag", tag)));
    arguments.add(path(volume));
    lvm.change("tag logical volume", arguments, call);
  }

  /** Adds tags to the group. */
  public void tag(List<String> tags, Call call) throws DiskException {
    List<String> arguments = new ArrayList<>(List.of("vgchange"));
    tags.forEach(tag -> arguments.addAll(List.of("--addtag", tag)));
    arguments.add(name);
    lvm.change("tag volume group", arguments, call);
  }

  /** Has a volume, which is not active, refuse writes from now on, and gives it tags. */
  public void seal(String volume, List<String> tags, Call call) throws DiskException {
    List<String> arguments = new ArrayList<>(List.of("lvchange", "-pr"));
    tags.forEach(tag -> arguments.addAll(List.of("--addtag", tag)));
    arguments.add(path(volume));
    lvm.change("seal logical volume", arguments, call);
  }

  /** Gives a volume a device. */
  public void activate(String volume, Call call) throws DiskException {
    lvm.change("activate logical volume", List.of("lvchange", "-ay", "-K", path(volume)), call);
  }

  /** Takes a volume's device away; fails when somebody has it open. */
  public void deactivate(String volume, Call call) throws DiskException {
    lvm.change("deactivate logical volume", List.of("lvchange", "-an", path(volume)), call);
  }

  /**
   * Removes volumes, one after the other; fails at the first whose device somebody has open. Their
   * snapshots stay.
   */
  public void remove(List<String> volumes, Call call) throws DiskException {
    List<String> arguments = new ArrayList<>(List.of("lvremove", "-f"));
    volumes.forEach(volume -> arguments.add(path(volume)));
    lvm.change("remove logical volume", arguments, call);
  }

  /** Removes a volume; else as {@link #remove(List, Call)}. */
  public void remove(String volume, Call call) throws DiskException {
    remove(List.of(volume), call);
  }

  /** Removes a linear volume, whose extents read as before from then on, whatever lvm.conf says. */
  public void release(String volume, Call call) throws DiskException {
    lvm.with("devices {issue_discards=0}")
        .change("release logical volume", List.of("lvremove", "-f", path(volume)), call);
  }

  /** Returns where the device of a volume is while it is active. */
  public Path device(String volume) {
    return Path.of("/dev", name, volume);
  }

  /** lvm2 rounds whole sectors up to extents, and refuses other sizes. */
  private static String bytes(long size) {
    return (size + SECTOR - 1) / SECTOR * SECTOR + "b";
  }

  private String path(String volume) {
    return name + '/' + volume;
  }
}
