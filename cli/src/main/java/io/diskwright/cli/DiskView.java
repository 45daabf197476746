package io.diskwright.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.diskwright.core.provision.Disk;
import io.diskwright.spi.backend.DiskOrigin;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.PoolName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** Shows disks. */
final class DiskView {
  private DiskView() {}

  static TextTable table(Disk disk) {
    DiskRecord record = disk.record();
    TextTable table =
        new TextTable(2)
            .row("disk", record.name().value())
            .row("pool", disk.pool().value())
            .row("size", Bytes.exact(record.size()))
            .row("format", record.format().id());
    disk.path().ifPresent(path -> table.row("path", path.toString()));
    return table;
  }

  /** Returns a moment in UTC, to the second. */
  static String time(Instant moment) {
    return moment.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** Returns what a disk was made from, in a few words. */
  static String origin(DiskRecord disk) {
    return disk.origin() instanceof DiskOrigin.FromBase base
        ? "base " + BaseView.shortKey(base.key())
        : disk.origin().toString();
  }

  /** Writes the member {@code disk}. */
  static void write(JsonGenerator json, Disk disk) throws IOException {
    json.writeObjectFieldStart("disk");
    writeMembers(json, disk.pool(), disk.record());
    json.writeStringField("path", disk.path().map(Path::toString).orElse(null));
    json.writeEndObject();
  }

  static void writeMembers(JsonGenerator json, PoolName pool, DiskRecord record)
      throws IOException {
    json.writeStringField("name", record.name().value());
    json.writeStringField("pool", pool.value());
    json.writeNumberField("size", record.size());
    json.writeStringField("format", record.format().id());
    json.writeStringField("origin", record.origin().toString());
    json.writeStringField("storageId", record.storageId());
    json.writeStringField("createdAt", record.created().toString());
    json.writeObjectFieldStart("asked");
    for (Map.Entry<String, String> asked : record.asked().entrySet()) {
      json.writeStringField(asked.getKey(), asked.getValue());
    }
    json.writeEndObject();
  }
}
