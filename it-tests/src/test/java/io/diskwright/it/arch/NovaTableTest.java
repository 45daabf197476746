package io.diskwright.it.arch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What docs/nova.md says of tests for the branches of Nova's flow is so. */
class NovaTableTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern NAMED = Pattern.compile("`([A-Za-z0-9]+)#([A-Za-z0-9]+)`");

  private static final Pattern TEST =
      Pattern.compile("(?m)^ *@(?:Parameterized|Repeated)?Test(?:Factory)?\\b");
  private static final Pattern METHOD = Pattern.compile("(?m)^ +(?:\\w+ )*[\\w<>?]+ (\\w+)\\(");

  private List<MatchResult> named = List.of();
  private List<Path> sources = List.of();

  @BeforeEach
  void read() throws IOException {
    named = NAMED.matcher(Files.readString(ROOT.resolve("docs/nova.md"))).results().toList();
    try (Stream<Path> files = Files.walk(ROOT)) {
      sources = files.filter(file -> file.toString().contains("/src/test/java/")).toList();
    }
  }

  @Test
  void everyTestThatTheTableNamesIsThere() throws IOException {
    assertThat(named).hasSizeGreaterThan(50);
    for (MatchResult test : named) {
      Path source =
          sources.stream()
              .filter(file -> file.endsWith(test.group(1) + ".java"))
              .findAny()
              .orElseThrow(() -> new AssertionError("no such class: " + test.group()));
      assertThat(tests(source)).as(test.group()).contains(test.group(2));
    }
  }

  @Test
  void everyTestOfNovasBranchesIsInTheTable() throws IOException {
    List<Path> walks =
        sources.stream()
            .filter(file -> file.toString().matches(".*/it/glance/Nova\\w+IT\\.java"))
            .toList();
    assertThat(walks).hasSizeGreaterThan(1);
    for (Path walk : walks) {
      String name = walk.getFileName().toString().replace(".java", "");
      List<String> there =
          named.stream()
              .filter(test -> test.group(1).equals(name))
              .map(test -> test.group(2))
              .toList();
      assertThat(there).as(name).containsAll(tests(walk));
    }
  }

  /** Returns the names of a class's tests; members of classes have an empty line between them. */
  private static Set<String> tests(Path source) throws IOException {
    Set<String> tests = new TreeSet<>();
    String text = Files.readString(source);
    for (String member : text.split("\n\n", -1)) {
      if (TEST.matcher(member).find()) {
        METHOD.matcher(member).results().findFirst().ifPresent(test -> tests.add(test.group(1)));
      }
    }
    return tests;
  }
}
