package io.diskwright.backend.qcow2;

import io.diskwright.spi.backend.Snapshot;
import io.diskwright.spi.backend.SnapshotName;
import io.diskwright.toolkit.qcow2.Qcow2Header;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the snapshot table of a qcow2 file, as the specification's section "Snapshots" lays it out.
 *
 * <p>Snapshots that somebody else made under a name of another grammar are left out.
 */
final class Qcow2SnapshotTable {
  private static final int FIXED = 40;
  private static final int MAX_ENTRY = 64 * 1024 * 2 + 2048;
  private static final int VIRTUAL_SIZE = 48;

  private Qcow2SnapshotTable() {}

  /**
   * An entry of the table.
   *
   * @param id the number that qemu-img prefers over the name
   * @param snapshot the snapshot
   */
  record Entry(String id, Snapshot snapshot) {}

  static List<Entry> read(Path file) throws IOException {
    Qcow2Header header = Qcow2Files.header(file);
    List<Entry> snapshots = new ArrayList<>();
    long at = header.snapshotsOffset();
    for (int i = 0; i < header.snapshotCount(); i++) {
      ByteBuffer entry = Qcow2Files.read(file, at, MAX_ENTRY).order(ByteOrder.BIG_ENDIAN);
      if (entry.remaining() < FIXED) {
        throw new IOException("%s: its snapshot table ends early".formatted(file));
      }
      int idLength = Short.toUnsignedInt(entry.getShort(12));
      int nameLength = Short.toUnsignedInt(entry.getShort(14));
      long extra = Integer.toUnsignedLong(entry.getInt(36));
      long length = FIXED + extra + idLength + nameLength;
      if (length > entry.remaining()) {
        throw new IOException("%s: its snapshot table ends early".formatted(file));
      }
      String id = text(entry, (int) (FIXED + extra), idLength);
      String name = text(entry, (int) (FIXED + extra) + idLength, nameLength);
      long size = extra >= 16 ? entry.getLong(VIRTUAL_SIZE) : header.virtualSize();
      Instant created =
          Instant.ofEpochSecond(Integer.toUnsignedLong(entry.getInt(16)), entry.getInt(20));
      if (name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")) {
        snapshots.add(new Entry(id, new Snapshot(new SnapshotName(name), size, created)));
      }
      at += (length + 7) / 8 * 8;
    }
    return snapshots;
  }

  private static String text(ByteBuffer entry, int offset, int length) {
    byte[] text = new byte[length];
    entry.get(offset, text);
    return new String(text, StandardCharsets.UTF_8);
  }
}
