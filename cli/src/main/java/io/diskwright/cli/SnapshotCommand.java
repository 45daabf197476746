package io.diskwright.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.diskwright.core.Pool;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Snapshot;
import io.diskwright.spi.backend.SnapshotName;
import io.diskwright.spi.error.DiskException;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "snapshot",
    addMethodSubcommands = false,
    description = "A disk's snapshots: keep its state, go back to it.")
final class SnapshotCommand {
  private static final String DISK = "The disk's name.";
  private static final String SNAPSHOT = "The snapshot's name.";

  private final Session session;

  SnapshotCommand(Session session) {
    this.session = session;
  }

  @Command(description = "Keeps a disk's state under a name.")
  int create(
      @Parameters(paramLabel = "NAME", description = DISK) DiskName disk,
      @Parameters(paramLabel = "SNAPSHOT", description = SNAPSHOT) SnapshotName snapshot)
      throws DiskException {
    Pool pool = session.pool();
    Snapshot created = pool.createSnapshot(disk, snapshot, session.shortCall());
    session
        .output()
        .write(
            out -> out.println("snapshot %s of disk %s is made".formatted(snapshot, disk)),
            json -> {
              writeDisk(json, pool, disk);
              json.writeFieldName("snapshot");
              write(json, created);
            });
    return 0;
  }

  @Command(description = "Lists a disk's snapshots, oldest first.")
  int list(@Parameters(paramLabel = "NAME", description = DISK) DiskName disk)
      throws DiskException {
    Pool pool = session.pool();
    List<Snapshot> snapshots = pool.snapshots(disk, session.shortCall());
    TextTable table = TextTable.headed("SNAPSHOT", "SIZE", "CREATED");
    for (Snapshot snapshot : snapshots) {
      table.row(
          snapshot.name().value(), Bytes.text(snapshot.size()), DiskView.time(snapshot.created()));
    }
    session
        .output()
        .write(
            table::print,
            json -> {
              writeDisk(json, pool, disk);
              json.writeArrayFieldStart("snapshots");
              for (Snapshot snapshot : snapshots) {
                write(json, snapshot);
              }
              json.writeEndArray();
            });
    return 0;
  }

  @Command(description = "Makes a disk what it was at a snapshot. Writes since then are lost.")
  int rollback(
      @Parameters(paramLabel = "NAME", description = DISK) DiskName disk,
      @Parameters(paramLabel = "SNAPSHOT", description = SNAPSHOT) SnapshotName snapshot)
      throws DiskException {
    Pool pool = session.pool();
    pool.rollback(disk, snapshot, session.shortCall());
    session
        .output()
        .write(
            out -> out.println("disk %s is as it was at snapshot %s".formatted(disk, snapshot)),
            json -> {
              writeDisk(json, pool, disk);
              json.writeStringField("rolledBackTo", snapshot.value());
            });
    return 0;
  }

  @Command(description = "Deletes a snapshot. One that is not there is no error.")
  int delete(
      @Parameters(paramLabel = "NAME", description = DISK) DiskName disk,
      @Parameters(paramLabel = "SNAPSHOT", description = SNAPSHOT) SnapshotName snapshot)
      throws DiskException {
    Pool pool = session.pool();
    boolean deleted = pool.removeSnapshot(disk, snapshot, session.shortCall());
    session
        .output()
        .write(
            out ->
                out.println(
                    "snapshot %s of disk %s %s"
                        .formatted(snapshot, disk, deleted ? "is deleted" : "was not there")),
            json -> {
              writeDisk(json, pool, disk);
              json.writeBooleanField("deleted", deleted);
            });
    return 0;
  }

  private static void writeDisk(JsonGenerator json, Pool pool, DiskName disk) throws IOException {
    json.writeStringField("name", disk.value());
    json.writeStringField("pool", pool.name().value());
  }

  private static void write(JsonGenerator json, Snapshot snapshot) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", snapshot.name().value());
    json.writeNumberField("size", snapshot.size());
    json.writeStringField("createdAt", snapshot.created().toString());
    json.writeEndObject();
  }
}
