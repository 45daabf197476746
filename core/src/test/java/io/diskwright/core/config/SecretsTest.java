package io.diskwright.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Secrets are read by reference and shown by nobody. */
class SecretsTest extends ConfigurationTestBase {
  private static String yaml(String lines) {
    return "pools:\n  fast:\n    backend: rbd\n    pool: vms\n    " + lines + "\n";
  }

  private PoolConfig load(String lines) throws Exception {
    return loader(yaml(lines)).load().pools().get("fast");
  }

  @Test
  void aSecretIsReadFromAFileBesideTheConfigurationWithoutItsLineEnd() throws Exception {
    write(folder.resolve("key.txt"), "hunter2\n");

    assertThat(load("key: file:key.txt").settings().get(StubProviders.KEY)).isEqualTo("hunter2");
  }

  @Test
  void aSecretIsReadFromAVariable() throws Exception {
    variables.put("MY_KEY", "hunter2");

    assertThat(load("key: env:MY_KEY").settings().get(StubProviders.KEY)).isEqualTo("hunter2");
  }

  @Test
  void aSecretMayBeTyped() throws Exception {
    variables.put("MY_PIN", "1234");

    assertThat(load("pin: env:MY_PIN").settings().get(StubProviders.PIN)).isEqualTo(1234L);
  }

  @Test
  void onlyTheReferenceIsShown() throws Exception {
    variables.put("MY_KEY", "hunter2");

    PoolConfig pool = load("key: env:MY_KEY");

    assertThat(pool.values())
        .contains(new ConfigValue("key", "env:MY_KEY", file() + ":5", true, false));
    assertThat(pool.toString()).doesNotContain("hunter2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          key: hunter2 | key must be file:PATH or env:NAME, so that no secret is written here
          key: env:NOT_SET | key must refer to a secret; the environment variable NOT_SET is not set
          key: file:gone | key must refer to a secret; of file:gone: there is no such file
          key: file:empty | key must refer to a secret; file:empty is empty
          key: file:. | key must refer to a secret; of file:.: it must be a regular file
          pin: env:MY_KEY | pin must refer to a secret of type: whole number from 1 to 9999
          """)
  void aReferenceThatCannotBeResolvedIsReported(String line, String problem) {
    variables.put("MY_KEY", "hunter2");
    write(folder.resolve("empty"), "\n");

    assertThat(problems(yaml(line))).containsExactly("5: pools.fast." + problem);
  }

  @ParameterizedTest
  @CsvSource({
    "key: hunter2",
    "kay: hunter2",
    "pin: env:MY_KEY",
    "pin: file:key.txt",
    "'key: [hunter2'",
    "'key: \"hunter2'"
  })
  void noFailureShowsASecret(String line) {
    variables.put("MY_KEY", "hunter2");
    write(folder.resolve("key.txt"), "hunter2");

    Throwable failure = catchThrowable(loader(yaml(line))::load);

    StringWriter everything = new StringWriter();
    failure.printStackTrace(new PrintWriter(everything));
    assertThat(everything.toString()).contains("problem").doesNotContain("hunter2");
  }

  @Test
  void aLiteralSecretIsRefusedInOverridesToo() {
    ConfigurationLoader loader = loader(GOOD).withOverrides(List.of("pools.fast.key=hunter2"));

    assertThat(shown(loader))
        .containsExactly(
            "-o: pools.fast.key must be file:PATH or env:NAME, so that no secret is written here");
  }
}
