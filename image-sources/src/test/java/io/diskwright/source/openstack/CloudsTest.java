package io.diskwright.source.openstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clouds are found where OpenStack's own clients find them, and secrets are not shown. */
class CloudsTest {
  @TempDir Path folder = Path.of("");
  private final Map<String, String> environment = new HashMap<>();
  private Path first = Path.of("");
  private Path second = Path.of("");

  @BeforeEach
  void makeFolders() throws IOException {
    first = Files.createDirectory(folder.resolve("first"));
    second = Files.createDirectory(folder.resolve("second"));
  }

  private Cloud find(String name) throws DiskException {
    return Clouds.of(environment, Optional.empty(), List.of(first, second))
        .find(Optional.ofNullable(name));
  }

  private static DiskException failure(ThrowingCallable call) {
    DiskException failure = catchThrowableOfType(DiskException.class, call);
    assertThat(failure.reason()).isEqualTo(Reason.CONFIGURATION);
    assertThat(failure).hasMessageNotContaining("s3cret");
    assertThat(failure.remedy()).isPresent();
    return failure;
  }

  private static void write(Path folder, String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private static String clouds(String... names) {
    StringBuilder text = new StringBuilder("clouds:\n");
    for (String name : names) {
      text.append("  %s: {auth: {username: %s-user}}\n".formatted(name, name));
    }
    return text.toString();
  }

  @Test
  void aCloudIsFoundByItsName() throws Exception {
    write(second, "clouds.yaml", clouds("a", "b"));

    assertThat(find("b").find("username")).hasValue("b-user");
    environment.put("OS_CLOUD", "a");
    assertThat(find(null).find("username")).hasValue("a-user");
    assertThat(find("b").find("username")).as("a setting comes first").hasValue("b-user");
  }

  @Test
  void theFirstFileIsRead() throws Exception {
    write(first, "clouds.yml", clouds("a"));
    write(second, "clouds.yaml", clouds("b"));
    write(folder, "other.yaml", clouds("c"));

    assertThat(find("a").toString()).contains(first.toString());
    assertThat(failure(() -> find("b"))).hasMessageContaining("there are a");
    environment.put("OS_CLIENT_CONFIG_FILE", folder.resolve("other.yaml").toString());
    assertThat(find("c").find("username")).hasValue("c-user");
  }

  @Test
  void theOnlyCloudNeedsNoName() throws Exception {
    write(first, "clouds.yaml", clouds("a"));
    assertThat(find(null).find("username")).hasValue("a-user");

    write(first, "clouds.yaml", clouds("b", "a"));
    assertThat(failure(() -> find(null))).hasMessageContaining("a, b");

    write(first, "clouds.yaml", "clouds: {}");
    assertThat(failure(() -> find(null))).hasMessageContaining("no clouds");
  }

  @Test
  void secretsMayBeInAFileOfTheirOwn() throws Exception {
    write(first, "clouds.yaml", clouds("a"));
    write(first, "secure.yaml", "clouds: {a: {auth: {password: s3cret}}}");

    Cloud cloud = find("a");

    assertThat(cloud.find("username")).hasValue("a-user");
    assertThat(cloud.find("password")).hasValue("s3cret");
    assertThat(cloud.toString()).doesNotContain("s3cret");
  }

  @Test
  void valuesAreTexts() throws Exception {
    write(
        first,
        "clouds.yaml",
        """
        clouds:
          a:
            region_name: &region 0x10
            verify: true
            auth: {password: 012e3, username: null, project_name: *region, token: ''}
        """);

    Cloud cloud = find("a");

    assertThat(cloud.find("password")).hasValue("012e3");
    assertThat(cloud.find("username")).hasValue("null");
    assertThat(cloud.find("project_name")).hasValue("0x10");
    assertThat(cloud.find("token")).isEmpty();
  }

  @Test
  void theEnvironmentIsACloud() throws Exception {
    write(first, "clouds.yaml", clouds("a"));
    environment.putAll(
        Map.of(
            "OS_AUTH_URL", "http://x/v3", "OS_USERNAME", "me", "OS_ENDPOINT_TYPE", "internalURL"));

    Cloud cloud = find(null);

    assertThat(cloud.find("auth_url")).hasValue("http://x/v3");
    assertThat(cloud.find("username")).hasValue("me");
    assertThat(cloud.endpointInterface()).isEqualTo("internal");
    environment.put("OS_CLOUD", "a");
    assertThat(find(null).find("username")).hasValue("a-user");
  }

  @Test
  void withoutAnyCloudItSaysWhatToSet() {
    assertThat(failure(() -> find(null))).hasMessageContaining("OS_CLOUD");
    assertThat(failure(() -> find("a"))).hasMessageContaining(second.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "clouds: {a: {auth: {password: 's3cret}}}",
        "clouds: {a: {auth: {password: s3cret, password: s3cret}}}",
        "clouds: {a: {auth: {password: *s3cret}}}",
        "clouds:\n\t- s3cret: [",
        "a: b\n--- \nc: s3cret"
      })
  void aFileThatIsNotYamlIsNotShown(String text) throws IOException {
    write(first, "clouds.yaml", text);

    assertThat(failure(() -> find("a"))).hasMessageContaining("YAML");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "clouds", "clouds: []", "clouds: {a: 1}", "other: {a: {}}"})
  void aFileWithoutTheCloudIsNamed(String text) throws IOException {
    write(first, "clouds.yaml", text);

    assertThat(failure(() -> find("a"))).hasMessageContaining("no cloud 'a'");
  }

  @Test
  void aFileThatIsNotThereOrHugeIsNamed() throws IOException {
    Path huge = Files.writeString(folder.resolve("huge.yaml"), "#".repeat(2 << 20));
    for (Path file : List.of(folder.resolve("missing.yaml"), huge, first)) {
      environment.put("OS_CLIENT_CONFIG_FILE", file.toString());

      assertThat(failure(() -> find("a"))).hasMessageContaining(file.toString());
    }
  }
}
