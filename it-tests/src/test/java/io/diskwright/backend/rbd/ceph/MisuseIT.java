package io.diskwright.backend.rbd.ceph;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.Tools;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What nobody should do to handles does not crash the JVM; done in a JVM of its own. */
class MisuseIT extends CephTestBase {
  private Tools.Result run(String what) throws Exception {
    return Tools.run(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + folder.resolve("crash.log"),
                "-cp",
                System.getProperty("java.class.path"),
                Misuse.class.getName(),
                ceph.conf().toString(),
                base(16 * MIB, 8 * MIB),
                what)
            .directory(folder.toFile()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "close twice",
        "use after close",
        "close the cluster first",
        "close during calls",
        "close during progress",
        "collect the cluster",
        "collect buffers",
        "forget everything",
        "exit during calls"
      })
  void theJvmSurvives(String what) throws Exception {
    Tools.Result result = run(what);

    assertThat(result.status()).as("%s", result).isZero();
    assertThat(result.output()).isEqualTo("survived\n");
    assertThat(result.error()).as("what nobody caught").isEmpty();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aCrashWouldBeSeen() throws Exception {
    Tools.Result result = run("crash");

    assertThat(result.status()).isNotZero();
    assertThat(result.output()).doesNotContain("survived");
    assertThat(folder.resolve("crash.log")).isRegularFile();
  }
}
