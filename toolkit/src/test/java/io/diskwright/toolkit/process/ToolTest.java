package io.diskwright.toolkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Programs of the host are found, or missed with a remedy. */
class ToolTest {
  @Test
  void aProgramOfTheSearchPathIsFound() {
    assertThat(new Tool("sh", "dash").find()).hasValueSatisfying(Files::isExecutable);
  }

  @Test
  void aMissingOneSaysHowToGetIt() {
    Tool missing = new Tool("no-such-tool-of-diskwright", "no-such-package");

    DiskException failure =
        catchThrowableOfType(DiskException.class, () -> missing.require("test"));

    assertThat(missing.find()).isEmpty();
    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure)
        .hasMessageContaining("no-such-tool-of-diskwright")
        .hasMessageContaining("apt-get install no-such-package");
  }
}
