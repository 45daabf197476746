package io.diskwright.source.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An image may be larger than memory, over one connection and over several. */
class HttpMemoryTest extends HttpTestBase {
  private static final int REPEATED = 8 * MIB;
  private static final long LENGTH = 48L * REPEATED + 4711;

  private final byte[] block = new byte[REPEATED];

  private void send(TestServer.Request request, TestServer.Connection connection, boolean ranges)
      throws IOException {
    boolean part = ranges && request.asksForPart();
    long from = part ? request.from() : 0;
    long end = part ? request.end(LENGTH) : LENGTH;
    connection.head(
        part ? 206 : 200,
        "ETag: \"v1\"",
        ranges ? "Accept-Ranges: bytes" : "Accept-Ranges: none",
        "Content-Length: " + (end - from),
        "Content-Range: bytes %d-%d/%d".formatted(from, end - 1, LENGTH));
    for (long at = from; at < end && request.method().equals("GET"); ) {
      long some = Math.min(end - at, REPEATED - at % REPEATED);
      connection.write(block, at % REPEATED, at % REPEATED + some);
      at += some;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anImageLargerThanTheHeapArrives(boolean ranges) throws Exception {
    new Random(17).nextBytes(block);
    TestServer server = server((request, connection) -> send(request, connection, ranges));
    CRC32C crc = new CRC32C();
    for (int i = 0; i < LENGTH / REPEATED; i++) {
      crc.update(block);
    }
    crc.update(block, 0, (int) (LENGTH % REPEATED));

    Process reader =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-cp",
                System.getProperty("java.class.path"),
                SmallHeap.class.getName(),
                server.url("/a.raw"))
            .redirectErrorStream(true)
            .start();

    try (InputStream output = reader.getInputStream()) {
      assertThat(new String(output.readAllBytes(), StandardCharsets.UTF_8))
          .endsWith("%d bytes, CRC %x%n".formatted(LENGTH, crc.getValue()));
    }
    assertThat(reader.waitFor()).isZero();
    assertThat(server.count("GET") > 1).isEqualTo(ranges);
  }
}
