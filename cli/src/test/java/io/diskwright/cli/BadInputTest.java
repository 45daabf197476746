package io.diskwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each kind of bad input has its exit code and a message, on stderr alone. */
class BadInputTest {
  @TempDir private Path folder;
  private Cli cli;

  @BeforeEach
  void begin() throws IOException {
    cli = new Cli(folder);
  }

  static Stream<String> badNames() {
    return Stream.of(
        "../x", "a/b", "", " ", ".", "..", ".hidden", "_x", "näme", "a b", "a\nb", "x".repeat(64));
  }

  @ParameterizedTest
  @MethodSource("badNames")
  void nameIsRefused(String name) {
    expect(2, "disk name (", "disk", "create", name, "--blank", "--size", "1M");
    expect(2, "disk name (", "disk", "show", name);
  }

  @Test
  void leadingDashIsAnUnknownOptionOrABadName() {
    expect(2, "Unknown option: '-x'", "disk", "create", "-x", "--blank", "--size", "1M");
    expect(2, "disk name (-x)", "disk", "create", "--blank", "--size", "1M", "--", "-x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0", "-1", "-5G", "513", "1X", "", "G", "1.5G", "99999999999G", "8E", "1e9"})
  void sizeIsRefused(String size) {
    expect(2, "size (", "disk", "create", "a", "--blank", "--size", size);
  }

  @Test
  void imageOrBlankMustBeGivenAndNotBoth() {
    expect(2, "either --image IMAGE or --blank", "disk", "create", "a");
    expect(2, "exclude each other", "disk", "create", "a", "--blank", "--image", "x");
    expect(2, "--blank needs --size", "disk", "create", "a", "--blank");
    expect(2, "--blank takes none", "plan", "a", "--blank", "--size", "1M", "--format", "raw");
  }

  @Test
  void otherValuesAreRefused() throws IOException {
    String image = cli.image();
    expect(2, "format (cow)", "disk", "create", "a", "--image", image, "--format", "cow");
    expect(2, "digest (x)", "disk", "create", "a", "--image", image, "--digest", "x");
    expect(2, "digest (1f)", "disk", "create", "a", "--image", image, "--digest", "sha256:1f");
    expect(2, "duration (soon)", "disk", "list", "--deadline", "soon");
    expect(2, "pool name (a/b)", "disk", "list", "--pool", "a/b");
    expect(2, "--output", "disk", "list", "--output", "xml");
    expect(2, "target (v/a)", "disk", "attach", "a", "--target", "v/a");
    expect(2, "key (xyz)", "base", "evict", "xyz");
    expect(2, "snapshot name (/)", "disk", "snapshot", "create", "a", "/");
  }

  @Test
  void unknownCommandsAndOptionsAreAnsweredWithASuggestion() {
    assertThat(expect(2, "'creat'", "disk", "creat").err()).contains("Did you mean: disk create");
    assertThat(expect(2, "'--imge'", "disk", "create", "a", "--imge", "x").err())
        .contains("--image");
    expect(2, "'extra'", "disk", "show", "a", "extra");
    expect(2, "'NAME'", "disk", "show");
  }

  @Test
  void groupsWithoutACommandShowTheirHelpOnStderr() {
    assertThat(expect(2, "Missing required subcommand", "disk").err()).contains("snapshot");
    assertThat(expect(2, "Missing required subcommand").err()).contains("completion");
  }

  @Test
  void imageIsMissing() {
    Cli.Result result = expect(3, "/nope", "disk", "create", "a", "--image", "/nope");

    assertThat(result.err()).contains("\n  remedy: ");
    nothingIsLeft();
  }

  @Test
  void imageIsNoImage() throws IOException {
    expect(8, "is empty", "disk", "create", "a", "--image", cli.write("e", "").toString());
    expect(8, "not a regular file", "disk", "create", "a", "--image", folder.toString());
    expect(8, "not an image", "disk", "create", "a", "--image", cli.write("t", "text").toString());
    expect(2, "names no file", "disk", "create", "a", "--image", "");
    nothingIsLeft();
  }

  @Test
  void imageIsNotWhatIsDeclared() throws IOException {
    String image = cli.image();
    expect(8, "declared as qcow2", "disk", "create", "a", "--image", image, "--format", "qcow2");
    expect(
        8,
        "digest",
        "disk",
        "create",
        "a",
        "--image",
        image,
        "--digest",
        "sha256:" + "0".repeat(64));
    nothingIsLeft();
  }

  @Test
  void imageIsNotInTheListBesideIt() throws IOException {
    String image = cli.image();
    cli.write("SUMS", "0".repeat(64) + "  other\n");
    expect(8, "SUMS", "disk", "create", "a", "--image", image, "--digest-file", "SUMS");
    expect(3, "NO-SUMS", "image", "pull", image, "--digest-file", "NO-SUMS");
    expect(2, "beside", "image", "pull", image, "--digest-file", "../SUMS");
    expect(2, "--blank", "disk", "create", "a", "--blank", "--size", "1M", "--digest-file", "SUMS");
    nothingIsLeft();
  }

  @Test
  void aUrlWithAPasswordIsRefusedAndNotShown() {
    for (String url :
        new String[] {"http://u:s3cret@host/a", "https://u:s3cret@host/a?token=s3cret"}) {
      Cli.Result result = cli.run("image", "inspect", url, "--output", "json");

      assertThat(result.exitCode()).isEqualTo(2);
      assertThat(result.out() + result.err()).contains("password").doesNotContain("s3cret");
    }
  }

  @Test
  void imageHasAnUnknownScheme() {
    expect(12, "no image source has this scheme", "disk", "create", "a", "--image", "ftp://x/y");
  }

  @Test
  void imageIsLargerThanTheSizeAskedFor() throws IOException {
    expect(9, "1048576", "disk", "create", "a", "--image", cli.image(), "--size", "512K");
    nothingIsLeft();
  }

  @Test
  void imageIsAboveTheLimit() throws IOException {
    expect(
        8,
        "above the limit",
        "disk",
        "create",
        "a",
        "--image",
        cli.image(),
        "-o",
        "pools.local.virtual-size-limit=512K");
    nothingIsLeft();
  }

  @Test
  void diskExistsWithAnotherImageOrSize() throws IOException {
    cli.run("disk", "create", "a", "--image", cli.image(), "--size", "2M");

    expect(4, "size", "disk", "create", "a", "--image", cli.image(), "--size", "3M");
    String other = cli.image("other.raw", Cli.IMAGE_SIZE);
    expect(4, "other.raw", "disk", "create", "a", "--image", other, "--size", "2M");
  }

  @Test
  void diskIsNotThere() {
    expect(3, "no such disk", "disk", "show", "a");
    expect(3, "'a'", "disk", "resize", "a", "1M");
    expect(3, "'a'", "disk", "attach", "a");
    expect(3, "'a'", "disk", "extract", "a", folder.resolve("x").toString());
  }

  @Test
  void resizeDoesNotShrink() {
    cli.run("disk", "create", "a", "--blank", "--size", "2M");

    expect(2, "smaller", "disk", "resize", "a", "1M");
    expect(2, "size (0)", "disk", "resize", "a", "0");
    expect(2, "size (2x)", "disk", "resize", "a", "2x");
  }

  @Test
  void poolIsUnknownOrItsFolderIsMissing() {
    expect(3, "no such pool", "disk", "list", "--pool", "nope");
    expect(3, "no such pool", "pool", "show", "nope");
    expect(3, "/none/", "disk", "list", "-o", "pools.local.path=" + folder + "/none/pool");
  }

  @Test
  void poolDoesNotOfferIt() {
    cli.run("disk", "create", "a", "--blank", "--size", "1M");

    expect(12, "does not offer it", "disk", "snapshot", "create", "a", "s");
  }

  @Test
  void extractReplacesNoFile() throws IOException {
    cli.run("disk", "create", "a", "--blank", "--size", "1M");
    Path file = cli.write("there", "mine");

    expect(4, "there", "disk", "extract", "a", file.toString());
    assertThat(file).hasContent("mine");
  }

  @Test
  void configurationIsWrong() throws IOException {
    Path config =
        cli.write("bad.yaml", "pools:\n  local: {backend: raw, pth: x}\n  b: {backend: rwa}\n");

    Cli.Result result = Cli.runBare("disk", "list", "--config", config.toString());

    assertThat(result.exitCode()).isEqualTo(13);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("bad.yaml:2").contains("bad.yaml:3");
    expect(13, "missing.yaml", "disk", "list", "--config", folder + "/missing.yaml");
    expect(13, "-o", "disk", "list", "-o", "nonsense");
  }

  @Test
  void deadlineIsPast() throws IOException {
    expect(10, "deadline", "disk", "create", "a", "--image", cli.image(), "--deadline", "0ms");
    nothingIsLeft();
  }

  @Test
  void cancelledCallsEndWith130() throws IOException {
    Cli.Result result =
        cli.runCancelled("disk", "create", "a", "--image", cli.image(), "--output", "json");

    assertThat(result.exitCode()).isEqualTo(130);
    assertThat(result.out()).isEmpty();
    assertThat(Json.in(result.error(), "error")).containsEntry("reason", "cancelled");
    nothingIsLeft();
  }

  @Test
  void errorsAreJsonWhenResultsAre() {
    Cli.Result result = expect(3, "no such disk", "disk", "show", "a", "--output", "json");

    assertThat(result.error()).containsOnlyKeys("schema", "error");
    assertThat(Json.in(result.error(), "error"))
        .containsOnlyKeys("reason", "message", "pool", "resource", "code", "remedy", "exitCode")
        .containsEntry("reason", "not-found")
        .containsEntry("message", "cannot find disk 'a' on pool 'local': there is no such disk")
        .containsEntry("pool", "local")
        .containsEntry("resource", "a")
        .containsEntry("code", null)
        .containsEntry("exitCode", 3L);
  }

  @Test
  void usageErrorsAreJsonToo() {
    for (String[] json : new String[][] {{"--output", "json"}, {"--output=json"}}) {
      Cli.Result result =
          expect(
              2,
              "disk name",
              Stream.concat(Stream.of("disk", "show", "/"), Stream.of(json))
                  .toArray(String[]::new));
      assertThat(Json.in(result.error(), "error"))
          .containsEntry("reason", "invalid-request")
          .containsEntry("exitCode", 2L);
    }
  }

  @Test
  void stackTracesAreShownWithVerboseOnly() {
    String trace = "\tat io.diskwright.";
    assertThat(cli.run("disk", "show", "a").err()).doesNotContain(trace);
    assertThat(cli.run("disk", "show", "a", "-v").err()).contains(trace);
  }

  private Cli.Result expect(int exitCode, String message, String... args) {
    Cli.Result result = cli.run(args);
    assertThat(result.exitCode()).as("%s%s", result.out(), result.err()).isEqualTo(exitCode);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains(message).doesNotContain("\tat ");
    return result;
  }

  /** The pool has its folders and marker, and nothing in them. */
  private void nothingIsLeft() {
    for (String part : new String[] {"pool/bases", "pool/disks"}) {
      Path there = folder.resolve(part);
      if (Files.exists(there)) {
        assertThat(there).isEmptyDirectory();
      }
    }
  }
}
