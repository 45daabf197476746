package io.diskwright.toolkit.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A record is read as it was written, or refused; it never takes another's place. */
class RecordFileTest {
  private static final String[] NASTY = {
    "%",
    "%0A",
    "%0D",
    "%25",
    "%250A",
    "%3D",
    "%%",
    "\n",
    "\r",
    "\r\n",
    "=",
    "end",
    " ",
    "\t",
    "diskwright-record 1",
    "ä",
    "日",
    "🧀",
    "\u0085",
    "\u2028",
    "\0",
    "'",
    "\"",
    "\\",
    "a",
    "0"
  };

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("a.disk");
  }

  private boolean publish(Map<String, String> values) throws IOException {
    return RecordFile.publish(file(), folder.resolve("a.new"), values, true);
  }

  @Test
  void thereIsNoneWhereThereIsNoFile() throws IOException {
    assertThat(RecordFile.read(file())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void anyValuesComeBack(long seed) throws IOException {
    Random random = new Random(seed);
    TreeMap<String, String> values = new TreeMap<>();
    for (int i = 0; i < 50; i++) {
      values.put("key" + i, nasty(random));
    }

    assertThat(publish(values)).isTrue();

    assertThat(RecordFile.read(file())).hasValue(values);
  }

  private static String nasty(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      text.append(NASTY[random.nextInt(NASTY.length)]);
    }
    return text.toString();
  }

  @Test
  void anEmptyRecordComesBack() throws IOException {
    publish(Map.of());

    assertThat(RecordFile.read(file())).hasValue(new TreeMap<>());
  }

  @Test
  void whereverItIsTornItIsRefused() throws IOException {
    publish(Map.of("storage-id", "x\nend\n", "end", "end", "name", "käse"));
    byte[] whole = Files.readAllBytes(file());

    for (int length = 0; length < whole.length; length++) {
      Files.write(file(), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> RecordFile.read(file()))
          .as("the first %d of %d bytes", length, whole.length)
          .isInstanceOf(RecordFormatException.class)
          .hasMessageContaining(file().toString());
    }
  }

  @Test
  void aRecordThatReadsAsZerosIsRefused() throws IOException {
    Files.write(file(), new byte[300]);

    assertThatThrownBy(() -> RecordFile.read(file())).isInstanceOf(RecordFormatException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "diskwright-record 2\na=b\nend\n",
        "diskwright-record 1\nno name\nend\n",
        "diskwright-record 1\n=no name\nend\n",
        "a=b\nend\n",
        "\ndiskwright-record 1\nend\n",
        "end\n",
        "diskwright-record 1\nend\nmore\n"
      })
  void whatIsNoRecordOfThisVersionIsRefused(String text) throws IOException {
    Files.writeString(file(), text);

    assertThatThrownBy(() -> RecordFile.read(file())).isInstanceOf(RecordFormatException.class);
  }

  @Test
  void bytesThatAreNoTextAreRefused() throws IOException {
    byte[] bytes = "diskwright-record 1\na=XX\nend\n".getBytes(StandardCharsets.UTF_8);
    bytes[22] = (byte) 0xff;
    Files.write(file(), bytes);

    assertThatThrownBy(() -> RecordFile.read(file())).isInstanceOf(RecordFormatException.class);
  }

  @Test
  void aNameThatIsTakenStaysAsItIs() throws IOException {
    publish(Map.of("who", "first"));

    assertThat(publish(Map.of("who", "second"))).isFalse();

    assertThat(RecordFile.read(file()).orElseThrow()).containsEntry("who", "first");
    assertThat(folder).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void ofManyAtOnceOnePublishes() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Boolean>> publishers = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        String who = Integer.toString(i);
        Path scratch = folder.resolve(who + ".new");
        publishers.add(() -> RecordFile.publish(file(), scratch, Map.of("who", who), false));
      }
      int published = 0;
      for (Future<Boolean> each : threads.invokeAll(publishers)) {
        published += each.get() ? 1 : 0;
      }

      assertThat(published).isEqualTo(1);
      try (Stream<Path> left = Files.list(folder)) {
        assertThat(left).containsExactly(file());
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
