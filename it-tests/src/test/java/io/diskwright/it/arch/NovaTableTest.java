package io.diskwright.it.arch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tests that docs/nova.md names for the branches of Nova's flow are there. */
class NovaTableTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern NAMED = Pattern.compile("`([A-Za-z0-9]+)#([A-Za-z0-9]+)`");

  @Test
  void everyTestThatTheTableNamesIsThere() throws IOException {
    String table = Files.readString(ROOT.resolve("docs/nova.md"));
    List<Path> tests;
    try (Stream<Path> files = Files.walk(ROOT)) {
      tests = files.filter(file -> file.toString().contains("/src/test/java/")).toList();
    }
    List<MatchResult> named = NAMED.matcher(table).results().toList();

    assertThat(named).hasSizeGreaterThan(50);
    assertThat(named)
        .allSatisfy(
            test -> assertThat(methods(tests, test.group(1))).contains(' ' + test.group(2) + '('));
  }

  private static String methods(List<Path> tests, String name) throws IOException {
    Path file =
        tests.stream().filter(each -> each.endsWith(name + ".java")).findAny().orElseThrow();
    return Files.readString(file);
  }
}
