package io.diskwright.cli;

import io.diskwright.core.Pool;
import io.diskwright.core.provision.Disk;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.Resized;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "disk",
    addMethodSubcommands = false,
    description = "Disks: make, show, list, grow, flatten, attach, delete.")
final class DiskCommand {
  private final Session session;

  DiskCommand(Session session) {
    this.session = session;
  }

  @Command(description = "Shows a disk.")
  int show(@Parameters(paramLabel = "NAME", description = "The disk's name.") DiskName name)
      throws DiskException {
    Disk disk = find(name);
    session
        .output()
        .write(
            out ->
                DiskView.table(disk)
                    .row("origin", disk.record().origin().toString())
                    .row("created", DiskView.time(disk.record().created()))
                    .print(out),
            json -> DiskView.write(json, disk));
    return 0;
  }

  private Disk find(DiskName name) throws DiskException {
    Pool pool = session.pool();
    return pool.find(name, session.shortCall())
        .orElseThrow(
            () ->
                DiskException.of(Reason.NOT_FOUND, "find disk")
                    .pool(pool.name().value())
                    .resource(name.value())
                    .said("there is no such disk")
                    .remedy("see: diskwright disk list --pool " + pool.name())
                    .build());
  }

  @Command(description = "Lists a pool's disks.")
  int list() throws DiskException {
    Pool pool = session.pool();
    List<DiskRecord> disks = pool.disks(session.shortCall());
    TextTable table = TextTable.headed("NAME", "SIZE", "FORMAT", "CREATED", "ORIGIN");
    for (DiskRecord disk : disks) {
      table.row(
          disk.name().value(),
          Bytes.text(disk.size()),
          disk.format().id(),
          DiskView.time(disk.created()),
          DiskView.origin(disk));
    }
    session
        .output()
        .write(
            table::print,
            json -> {
              json.writeStringField("pool", pool.name().value());
              json.writeArrayFieldStart("disks");
              for (DiskRecord disk : disks) {
                json.writeStartObject();
                DiskView.writeMembers(json, pool.name(), disk);
                json.writeEndObject();
              }
              json.writeEndArray();
            });
    return 0;
  }

  @Command(description = "Grows a disk. Says what a machine that has it open must be told.")
  int resize(
      @Parameters(paramLabel = "NAME", description = "The disk's name.") DiskName name,
      @Parameters(
              paramLabel = "SIZE",
              converter = SizeConverter.class,
              description = "The new size, such as 40G.")
          long size)
      throws DiskException {
    Pool pool = session.pool();
    Resized resized = pool.resize(name, size, session.longCall());
    session
        .output()
        .write(
            out -> {
              out.println("disk " + name + " has " + Bytes.exact(resized.disk().size()));
              resized.machine().ifPresent(told -> out.println("tell the machine: " + told));
            },
            json -> {
              json.writeObjectFieldStart("disk");
              DiskView.writeMembers(json, pool.name(), resized.disk());
              json.writeEndObject();
              json.writeStringField("machine", resized.machine().orElse(null));
            });
    return 0;
  }

  @Command(description = "Makes a disk depend on no base any more.")
  int flatten(@Parameters(paramLabel = "NAME", description = "The disk's name.") DiskName name)
      throws DiskException {
    Pool pool = session.pool();
    boolean flattened = pool.flatten(name, session.longCall());
    session
        .output()
        .write(
            out ->
                out.println(
                    "disk %s %s"
                        .formatted(
                            name,
                            flattened ? "depends on no base any more" : "depended on no base")),
            json -> {
              json.writeStringField("name", name.value());
              json.writeStringField("pool", pool.name().value());
              json.writeBooleanField("flattened", flattened);
            });
    return 0;
  }

  @Command(description = "Deletes a disk. One that is not there is no error.")
  int delete(@Parameters(paramLabel = "NAME", description = "The disk's name.") DiskName name)
      throws DiskException {
    Pool pool = session.pool();
    boolean deleted = pool.delete(name, session.longCall());
    session
        .output()
        .write(
            out ->
                out.println("disk %s %s".formatted(name, deleted ? "is deleted" : "was not there")),
            json -> {
              json.writeStringField("name", name.value());
              json.writeStringField("pool", pool.name().value());
              json.writeBooleanField("deleted", deleted);
            });
    return 0;
  }

  enum AttachAs {
    LIBVIRT,
    QEMU,
    PATH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Command(description = "Says how a machine reaches a disk. Changes nothing.")
  int attach(
      @Parameters(paramLabel = "NAME", description = "The disk's name.") DiskName name,
      @Option(
              names = "--target",
              paramLabel = "DEVICE",
              defaultValue = "vda",
              description = "The guest's name of the device, and QEMU's of the node. Default: vda.")
          TargetDevice target,
      @Option(
              names = "--as",
              paramLabel = "FORM",
              defaultValue = "libvirt",
              description =
                  "What text output is: libvirt's <disk> element (default), the value of qemu's"
                      + " -blockdev, or the path.")
          AttachAs form)
      throws DiskException {
    Disk disk = find(name);
    String text = session.output().isJson() ? "" : text(disk, target, form);
    session
        .output()
        .write(
            out -> out.println(text),
            json -> {
              json.writeStringField("name", name.value());
              json.writeStringField("pool", disk.pool().value());
              json.writeStringField("path", disk.path().map(Path::toString).orElse(null));
              boolean known = disk.attachment().libvirtSource().isPresent();
              json.writeStringField("libvirt", known ? disk.libvirtDisk(target.name()) : null);
              json.writeFieldName("qemu");
              json.writeRawValue(disk.qemuBlockdev(target.name()));
            });
    return 0;
  }

  private static String text(Disk disk, TargetDevice target, AttachAs form) throws DiskException {
    return switch (form) {
      case LIBVIRT -> disk.libvirtDisk(target.name()).stripTrailing();
      case QEMU -> disk.qemuBlockdev(target.name());
      case PATH -> path(disk).toString();
    };
  }

  private static Path path(Disk disk) throws DiskException {
    return disk.path()
        .orElseThrow(
            () ->
                DiskException.of(Reason.UNSUPPORTED, "tell the path of disk")
                    .pool(disk.pool().value())
                    .resource(disk.record().name().value())
                    .said("it is neither a file nor a device of this host")
                    .remedy("ask for --as libvirt or --as qemu")
                    .build());
  }

  @Command(description = "Writes a disk's content to a new file that depends on nothing.")
  int extract(
      @Parameters(paramLabel = "NAME", description = "The disk's name.") DiskName name,
      @Parameters(paramLabel = "FILE", description = "The file, which must not be there.")
          Path file,
      @Option(
              names = "--format",
              paramLabel = "FORMAT",
              defaultValue = "raw",
              description = "How the file is laid out: raw (default) or qcow2.")
          DiskFormat format)
      throws DiskException {
    Pool pool = session.pool();
    Path target = file.toAbsolutePath().normalize();
    pool.extract(name, format, target, session.longCall());
    session
        .output()
        .write(
            out -> out.println("disk %s is in %s as %s".formatted(name, target, format)),
            json -> {
              json.writeStringField("name", name.value());
              json.writeStringField("pool", pool.name().value());
              json.writeStringField("file", target.toString());
              json.writeStringField("format", format.id());
            });
    return 0;
  }
}
