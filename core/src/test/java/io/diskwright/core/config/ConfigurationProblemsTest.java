package io.diskwright.core.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that can be wrong with a configuration's file. */
class ConfigurationProblemsTest extends ConfigurationTestBase {
  @Test
  void aGoodFileHasNoProblems() {
    assertThat(problems(GOOD)).isEmpty();
  }

  @Test
  void allProblemsAreReportedAtOnceInTheOrderOfTheFile() {
    String yaml =
        """
        default-pol: local
        default-pool: nowhere
        pools:
          local:
            backend: qcow2
            pth: /x
            sync-disks: yes
          -bad:
            backend: raw
            path: /y
          third:
            backend: zfs
          fourth: {backend: raw, path: /z, path: /zz, virtual-size-limit: huge}
        """;

    assertThat(problems(yaml))
        .containsExactly(
            "1: unknown key 'default-pol'; did you mean 'default-pool'?",
            "2: default-pool (nowhere) must be a configured pool: local, -bad, third, fourth",
            "4: pools.local: missing key 'path' (path)",
            "6: pools.local: unknown key 'pth'; did you mean 'path'?",
            "7: pools.local.sync-disks (yes) must be true or false",
            "8: pool name (-bad) must be 1 to 63 letters, digits, '.', '_' or '-', and begin with a"
                + " letter or digit",
            "12: pools.third.backend (zfs): no usable backend has this id; found: greedy, qcow2,"
                + " raw, rbd; put its jar on the class path or into backends/",
            "13: pools.fourth: key 'path' must be given once, and is on line 13 already",
            "13: pools.fourth.virtual-size-limit: size (huge) must be a whole number of bytes, or"
                + " one with K, M, G, T, P or E");
  }

  @Test
  void valuesThatDoNotGoTogetherAreReportedForTheirPool() {
    String yaml =
        """
        pools:
          local: {backend: qcow2, path: /x, fills: 2, mode: '0640'}
          one: {backend: qcow2, path: /y, fills: 2}
        """;

    assertThat(problems(yaml))
        .containsExactly("2: pools.local: fills and mode must not both be given");
  }

  @Test
  void valuesThatAreWrongByThemselvesAreNotJudgedTogether() {
    assertThat(problems("pools: {local: {backend: qcow2, path: /x, fills: 13, mode: '0666'}}"))
        .singleElement()
        .asString()
        .contains("mode (0666)");
  }

  @Test
  void aProviderThatFailsToJudgeIsNamed() {
    assertThat(problems("pools: {local: {backend: qcow2, path: /x, fills: 13}}"))
        .singleElement()
        .asString()
        .contains("StubProviders$Backend", "a broken provider");
  }

  @Test
  void loadingThrowsThemAllOneOnEachLine() {
    ConfigurationLoader loader = loader("pools:\n  a: {backend: raw}\n  b: {backend: rbd}\n");

    assertThatThrownBy(loader::load)
        .isInstanceOf(DiskException.class)
        .hasMessage(
            "cannot use the configuration: 2 problems\n%s:2: %s\n%s:3: %s",
            file(),
            "pools.a: missing key 'path' (path)",
            file(),
            "pools.b: missing key 'pool' (text)")
        .extracting("reason")
        .isEqualTo(Reason.CONFIGURATION);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      textBlock =
          """
          sync-disks: True | sync-disks (True) must be true or false
          fills: 0 | fills (0) must be a whole number from 1 to 16
          fills: 0x10 | fills (0x10) must be a whole number from 1 to 16
          fills: 1.0 | fills (1.0) must be a whole number from 1 to 16
          mode: 600 | mode (600) must be one of 0600, 0640
          cluster-size: 64 KB | cluster-size: size (64 KB) must be a whole number of bytes, or one with K, M, G, T, P or E
          stall-timeout: 5 | stall-timeout: duration (5) must be a whole number with ms, s, m, h or d
          stall-timeout: 0s | stall-timeout (0s) must be more than nothing
          fills-at-once: 0 | fills-at-once (0) must be a whole number from 1 to 256
          fill-bandwidth: 1023K | fill-bandwidth (1023K) must be at least 1M
          mode: [0600] | mode must have one value, not a list
          mode: {a: b} | mode must have one value, not a mapping
          mode: | mode must have one value, not nothing
          """)
  void aValueOfTheWrongTypeIsReported(String line, String problem) {
    String yaml = "pools:\n  a:\n    backend: qcow2\n    path: /x\n    %s\n".formatted(line);

    assertThat(problems(yaml)).containsExactly("5: pools.a." + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      textBlock =
          """
          [a, b] | 1: the configuration must be keys with values, not a list
          text | 1: the configuration must be keys with values, not a single value
          pools: | 1: pools must be keys with values, not nothing
          pools: [a] | 1: pools must be keys with values, not a list
          pools: {} | pools must name at least one pool
          pools: {a: } | 1: pools.a must be keys with values, not nothing
          pools: {a: raw} | 1: pools.a must be keys with values, not a single value
          pools: {a: [raw]} | 1: pools.a must be keys with values, not a list
          pools: {a: {path: /x}} | 1: pools.a: missing key 'backend' (text)
          pools: {a: {backend: [raw]}} | 1: pools.a.backend must have one value, not a list
          pools: {a: {backend: raw, path: }} | 1: pools.a.path must have one value, not nothing
          pools: {a: {backend: raw, path: ""}} | 1: pools.a.path () must not be empty
          pools: {a: {backend: raw, path: &p /x, sync-disks: *p}} | 1: aliases are not understood; write the value out
          pools: {a: {backend: raw, path: !!str /x}} | 1: tags (tag:yaml.org,2002:str) are not understood
          pools: {a: {backend: raw, path: /x, ? [k] : v}} | 1: pools.a: a key must be a word, not a list
          pools: {a: {backend: raww, path: /x}} | 1: pools.a.backend (raww): no usable backend has this id; found: greedy, qcow2, raw, rbd; did you mean 'raw'?; put its jar on the class path or into backends/
          pools: {a: {backend: greedy}} | 1: pools.a: backend 'greedy' of JAR must not declare the key 'stall-timeout', which every pool has
          pools: {a: {backend: raw, path: /x}, a: {backend: raw, path: /x}} | 1: pools: key 'a' must be given once, and is on line 1 already
          pools: {a: {backend: raw, path: /x}} # sources | -
          """)
  void aFileOfTheWrongShapeIsReported(String yaml, String problem) {
    List<String> found = problems(yaml);

    if (problem.equals("-")) {
      assertThat(found).isEmpty();
    } else {
      String jar = StubProviders.all().backends().get(0).jar();
      String whole = problem.startsWith("1: ") ? problem : file() + ": " + problem;
      assertThat(found).containsExactly(whole.replace("JAR", jar));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing\n", "---\n"})
  void anEmptyFileHasNoPools(String yaml) {
    assertThat(problems(yaml)).containsExactly(file() + ": pools must name at least one pool");
  }

  @Test
  void sourcesAreCheckedLikePools() {
    String yaml =
        GOOD
            + """
            sources:
              htp: {timeout: 3s}
              http:
                timeout: long
                tokn: env:T
              glance: {}
            """;

    assertThat(problems(yaml))
        .containsExactly(
            "8: sources.htp: no usable image source has this id; found: file, glance, http; did you"
                + " mean 'http'?",
            "10: sources.http.timeout: duration (long) must be a whole number with ms, s, m, h or d",
            "11: sources.http: unknown key 'tokn'; did you mean 'token'?",
            "12: sources.glance: missing key 'endpoint' (text)");
  }

  @Test
  void aSyntaxErrorIsReportedWithItsLineAndWithoutTheFilesText() {
    List<String> problems = problems("pools:\n  a: {backend: rbd, key: hunter2\nsources: [\n");

    assertThat(problems).hasSize(1);
    assertThat(problems.get(0)).matches("\\d+: not valid YAML: .+").doesNotContain("hunter2");
  }

  @Test
  void aTabForIndentationIsReportedWithItsLine() {
    assertThat(problems("pools:\n\ta: {}\n").get(0)).startsWith("2: not valid YAML: ");
  }

  @Test
  void aControlCharacterIsReportedWithItsLine() {
    assertThat(problems("pools:\n  a: \u0001\n"))
        .containsExactly("2: character 0x1 must not be in YAML");
  }

  @Test
  void controlCharactersOfAValueAreNotShown() {
    assertThat(problems("pools: {a: {backend: \"x\\e[31m\", path: /x}}").get(0))
        .contains("(x?[31m)")
        .doesNotContain("\u001b");
  }

  @Test
  void aSecondDocumentIsReported() {
    assertThat(problems(GOOD + "---\nmore: true\n"))
        .containsExactly("8: the file must have one YAML document");
  }

  @Test
  void aFileThatBlowsUpByAliasesIsRefusedAtOnce() {
    StringBuilder yaml = new StringBuilder("x0: &x0 [a, a]\n");
    for (int i = 1; i < 60; i++) {
      yaml.append("x%d: &x%d [*x%d, *x%d]\n".formatted(i, i, i - 1, i - 1));
    }

    assertThat(problems(yaml.toString()))
        .contains("2: aliases are not understood; write the value out");
  }

  @Test
  void aFileThatNestsTooDeepIsRefused() {
    String deep = "[".repeat(500_000);

    assertThat(problems("pools: " + deep)).containsExactly("1: nesting must be at most 16 deep");
  }

  @Test
  void aFileThatIsTooLargeIsRefused() {
    assertThat(problems("#" + "x".repeat(1024 * 1024)))
        .containsExactly(file() + ": the file must be at most 1024 KiB");
  }

  @Test
  void aFileThatIsNotUtf8IsRefused() throws Exception {
    Files.write(file(), "pools: {a: {backend: raw, path: /é}}".getBytes(ISO_8859_1));

    assertThat(shown(loader().withFile(file())))
        .containsExactly(file() + ": the file must be UTF-8 text");
  }

  @Test
  void aByteOrderMarkIsPassedOver() {
    assertThat(problems("\uFEFF" + GOOD)).isEmpty();
  }

  @Test
  void aFileThatIsMissingIsAProblemWhenItWasAskedFor() {
    Path missing = folder.resolve("missing.yaml");

    assertThat(shown(loader().withFile(missing)))
        .containsExactly(missing + ": there is no such file");
  }

  @Test
  void aFolderIsNoConfiguration() {
    assertThat(shown(loader().withFile(folder)))
        .containsExactly(folder + ": it must be a regular file");
  }

  @Test
  void aBackendThatIsBrokenExplainsItself() {
    assertThat(problems("pools: {a: {backend: lvm, volume-group: vg}}"))
        .singleElement()
        .asString()
        .startsWith("1: pools.a.backend (lvm): no usable backend has this id; found: ");
  }
}
