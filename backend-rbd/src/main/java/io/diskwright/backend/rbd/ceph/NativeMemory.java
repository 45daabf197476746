package io.diskwright.backend.rbd.ceph;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Memory for one native call, freed when it is closed and not before. */
final class NativeMemory implements AutoCloseable {
  private final List<Memory> all = new ArrayList<>();

  /** Returns zeroed memory. */
  Memory allocate(long length) {
    Memory memory = new Memory(Math.max(1, length));
    all.add(memory);
    memory.clear();
    return memory;
  }

  /** Returns memory with these bytes, and at least one. */
  Memory of(byte[] bytes) {
    Memory memory = allocate(bytes.length);
    memory.write(0, bytes, 0, bytes.length);
    return memory;
  }

  /** Returns an array of pointers to these bytes. */
  Pointer pointers(Collection<byte[]> values) {
    Memory array = allocate((long) Native.POINTER_SIZE * values.size());
    long at = 0;
    for (byte[] value : values) {
      array.setPointer(at, of(value));
      at += Native.POINTER_SIZE;
    }
    return array;
  }

  /** Returns an array of the lengths of these bytes. */
  Pointer lengths(Collection<byte[]> values) {
    Memory array = allocate((long) Native.SIZE_T_SIZE * values.size());
    long at = 0;
    for (byte[] value : values) {
      array.setLong(at, value.length);
      at += Native.SIZE_T_SIZE;
    }
    return array;
  }

  static List<byte[]> utf8(Collection<String> strings) {
    return strings.stream().map(string -> string.getBytes(UTF_8)).toList();
  }

  @Override
  public void close() {
    all.forEach(Memory::close);
  }
}
