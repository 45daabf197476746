package io.diskwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1 KiB",
    "1536, 1.5 KiB",
    "21474836480, 20 GiB",
    "1048575, 1023.9 KiB",
    "9223372036854775807, 7.9 EiB"
  })
  void bytesAreReadable(long bytes, String text) {
    assertThat(Bytes.text(bytes)).isEqualTo(text);
  }

  @Test
  void tablesAreAligned() {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);

    TextTable.headed("A", "LONG", "C").row("wide", "x", "").row("b", "y", "z").print(out);
    out.flush();

    assertThat(text).hasToString("A     LONG  C\nwide  x\nb     y     z\n");
  }

  @Test
  void progressIsOneLineThatIsTakenAway() {
    StringWriter text = new StringWriter();
    ProgressLine progress = new ProgressLine(new PrintWriter(text));

    progress.clear();
    progress.report("copying", 512L << 20, 1L << 30);
    progress.report("copying", 600L << 20, 1L << 30); // too soon to be drawn
    progress.clear();

    assertThat(text).hasToString("\r\u001b[Kcopying  50 %  512 MiB of 1 GiB\r\u001b[K");
  }

  @Test
  void progressSaysWhatIsWaitedFor() {
    StringWriter text = new StringWriter();

    new ProgressLine(new PrintWriter(text)).report("waiting for disk web-1", 0, -1);

    assertThat(text).hasToString("\r\u001b[Kwaiting for disk web-1");
  }
}
