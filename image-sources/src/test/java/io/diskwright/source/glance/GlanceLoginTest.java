package io.diskwright.source.glance;

import static io.diskwright.source.glance.TestCloud.ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.ImageSource;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keystone is asked as its API has it, and its catalogue leads to Glance. */
class GlanceLoginTest extends GlanceTestBase {
  @BeforeEach
  void makeImage() {
    byte[] unused = serves(1000);
  }

  /** Has clouds.yaml describe the cloud by other lines; {@code URL} is Keystone's. */
  private void cloudIs(String lines) throws IOException {
    String text = lines.replace("URL", server.url("")).indent(4);
    Files.writeString(folder.resolve("clouds.yaml"), "clouds:\n  test:\n" + text);
  }

  private String login(String lines) throws IOException {
    cloudIs(lines);
    assertThat(resolve(source(), ID).id()).isEqualTo(ID);
    assertThat(cloud.logins).hasSize(1);
    return cloud.logins.get(0);
  }

  private DiskException refusal() {
    return failure(() -> resolve(source(), ID));
  }

  @Test
  void aPasswordIsGivenWithNames() throws IOException {
    String sent =
        login(
            """
            region_name: one
            auth: {auth_url: URL/v3/, username: me, password: "p\\"w", user_domain_name: ud, project_name: p, project_domain_id: pd}
            """);

    assertThat(sent)
        .isEqualTo(
            """
            {"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"me","domain":{"name":"ud"},"password":"p\\"w"}}},\
            "scope":{"project":{"name":"p","domain":{"id":"pd"}}}}}""");
  }

  @Test
  void aPasswordIsGivenWithIds() throws IOException {
    assertThat(
            login(
                """
                region_name: one
                auth_type: v3password
                auth: {auth_url: URL, user_id: u, username: me, password: pw, project_id: p}
                """))
        .contains("\"user\":{\"id\":\"u\",\"password\":\"pw\"}")
        .contains("\"scope\":{\"project\":{\"id\":\"p\"}}");
  }

  @Test
  void anApplicationCredentialHasItsScope() throws IOException {
    String sent =
        login(
            """
            region_name: one
            auth_type: v3applicationcredential
            auth: {auth_url: URL, application_credential_id: a, application_credential_secret: s, project_name: p}
            """);

    assertThat(sent)
        .contains("\"methods\":[\"application_credential\"]")
        .contains("\"application_credential\":{\"id\":\"a\",\"secret\":\"s\"}")
        .doesNotContain("scope");
  }

  @Test
  void anApplicationCredentialMayBeNamed() throws IOException {
    assertThat(
            login(
                """
                region_name: one
                auth: {auth_url: URL, application_credential_name: a, application_credential_secret: s, username: me}
                """))
        .contains("\"name\":\"a\",\"user\":{\"name\":\"me\",\"domain\":{\"id\":\"default\"}}");
  }

  @Test
  void aTokenIsTradedForOneWithACatalogue() throws IOException {
    assertThat(
            login(
                "{region_name: one, auth_type: token, auth: {auth_url: URL/v2.0, token: t, project_id: p}}"))
        .contains("\"methods\":[\"token\"],\"token\":{\"id\":\"t\"}")
        .contains("\"scope\":{\"project\":{\"id\":\"p\"}}");
  }

  @ParameterizedTest
  @CsvSource({
    "'system_scope: all', '\"scope\":{\"system\":{\"all\":true}}'",
    "'domain_id: d', '\"scope\":{\"domain\":{\"id\":\"d\"}}'",
    "'domain_name: d', '\"scope\":{\"domain\":{\"name\":\"d\"}}'"
  })
  void aScopeNeedNotBeAProject(String line, String sent) throws IOException {
    String auth = "auth_url: URL, username: me, password: pw, " + line;

    assertThat(login("{region_name: one, auth: {" + auth + "}}")).contains(sent);
  }

  @Test
  void whereThereIsNoKeystoneTheEndpointIsNamed() throws IOException {
    cloud.asksForTokens = false;
    cloudIs("{auth_type: none, image_endpoint_override: URL}");

    assertThat(resolve(source(), ID).id()).isEqualTo(ID);
    assertThat(cloud.logins).isEmpty();
    cloudIs("{auth_type: none}");
    assertThat(refusal().reason()).isEqualTo(Reason.CONFIGURATION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "auth_type: v3oidcpassword",
        "auth: {auth_url: URL, password: s3cret}",
        "auth: {auth_url: URL, username: me}",
        "auth: {username: me, password: s3cret}",
        "auth: {auth_url: 'http://me:s3cret@URL', username: me, password: s3cret}",
        "auth: {auth_url: 'ftp://x', username: me, password: s3cret}"
      })
  void whatIsMissingOrWrongIsNamed(String lines) throws IOException {
    cloudIs(lines);

    DiskException failure = failure(this::source);

    assertThat(failure.reason()).isEqualTo(Reason.CONFIGURATION);
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void theCatalogueIsReadByRegionAndInterface() {
    DiskException none = failure(() -> resolve(source("region", "three"), ID));
    DiskException kind = failure(() -> resolve(source("interface", "admin"), ID));

    assertThat(none.reason()).isEqualTo(Reason.CONFIGURATION);
    assertThat(none).hasMessageContaining("'three'").hasMessageContaining("public in two");
    assertThat(kind.reason()).isEqualTo(Reason.CONFIGURATION);
    assertThat(kind).hasMessageContaining("admin endpoint");
  }

  @Test
  void severalRegionsAreNotGuessedAmong() throws IOException {
    cloudIs("auth: {auth_url: URL, username: me, password: s3cret}");

    DiskException failure = refusal();

    assertThat(failure.reason()).isEqualTo(Reason.CONFIGURATION);
    assertThat(failure).hasMessageContaining("public in two, public in one");
  }

  @Test
  void aConfiguredEndpointComesFirst() throws DiskException {
    assertThat(resolve(source("region", "three", "endpoint", server.url("/")), ID).id())
        .isEqualTo(ID);
  }

  @ParameterizedTest
  @CsvSource({
    "401, PERMISSION_DENIED",
    "403, PERMISSION_DENIED",
    "400, CONFIGURATION",
    "404, UNAVAILABLE",
    "300, UNAVAILABLE",
    "500, UNAVAILABLE"
  })
  void aStatusOfKeystoneHasAReason(int status, Reason reason) {
    cloud.loginStatus = status;
    cloud.loginAnswer =
        "{\"error\": {\"message\": \"Not today.\\nOn instance: %s\"}}"
            .formatted(TestCloud.PASSWORD);

    DiskException failure = refusal();

    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure).hasMessageContaining(Integer.toString(status));
    if (status < 500) {
      assertThat(failure).hasMessageContaining("Not today.");
    }
  }

  @Test
  void aTokenThatKeystoneDoesNotKnowIsRefused() throws IOException {
    cloudIs("{region_name: one, auth: {auth_url: URL, token: s3cret}}");
    cloud.loginStatus = 404;

    assertThat(refusal().reason()).isEqualTo(Reason.PERMISSION_DENIED);
  }

  @Test
  void whatKeystoneRepeatsOfThePasswordIsNotShown() {
    cloud.loginStatus = 400;
    cloud.loginAnswer =
        "{\"error\": {\"message\": \"'%s' is wrong\"}}".formatted(TestCloud.PASSWORD);

    assertThat(refusal()).hasMessageContaining("400");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>", "{\"token\": 1}"})
  void whatIsNoTokenIsNotTakenForOne(String answer) {
    cloud.loginStatus = 200;
    cloud.loginAnswer = answer;

    assertThat(refusal().reason()).isEqualTo(Reason.UNAVAILABLE);
  }

  @Test
  void aTokenIsUsedAgainUntilItIsAboutToExpire() throws DiskException {
    ImageSource source = source();
    for (int i = 0; i < 3; i++) {
      assertThat(resolve(source, ID).id()).isEqualTo(ID);
    }
    assertThat(cloud.logins).hasSize(1);
  }

  @Test
  void aTokenThatRunsOutBeforeGlanceHasLookedAtItIsNoRefusal() throws DiskException {
    cloud.expiresAt = "2026-01-01T00:00:00.000000Z"; // over as soon as it is there
    cloud.refusedLogins = 3;

    assertThat(resolve(source(), ID).id()).isEqualTo(ID);
  }

  @Test
  void aTokenThatIsRefusedAndHasNotRunOutIsReplacedOnce() {
    cloud.refusedLogins = 100;

    DiskException failure = failure(() -> resolve(source(), ID));

    assertThat(failure.reason()).isEqualTo(Reason.PERMISSION_DENIED);
    assertThat(cloud.logins).hasSize(2);
  }

  @Test
  void tokensThatAlwaysRunOutAreNotAskedForWithoutEnd() {
    cloud.expiresAt = "2026-01-01T00:00:00.000000Z";
    cloud.refusedLogins = 100;

    DiskException failure = failure(() -> resolve(source(), ID));

    assertThat(failure.reason()).isEqualTo(Reason.PERMISSION_DENIED);
    assertThat(cloud.logins).hasSizeLessThan(12);
  }

  @Test
  void aTokenThatIsAboutToExpireIsNotUsed() throws DiskException {
    cloud.expiresAt = "2026-01-01T00:00:00.000000Z"; // when it was issued
    ImageSource source = source();

    assertThat(resolve(source, ID).id()).isEqualTo(ID);
    int logins = cloud.logins.size();
    assertThat(resolve(source, ID).id()).isEqualTo(ID);

    assertThat(cloud.logins).hasSizeGreaterThan(logins);
  }

  @Test
  void whoTheEnvironmentNamesIsLetIn() throws DiskException {
    environment.put("OS_AUTH_URL", server.url("/v3"));
    environment.put("OS_USERNAME", "me");
    environment.put("OS_PASSWORD", TestCloud.PASSWORD);
    environment.put("OS_PROJECT_NAME", "images");
    environment.put("OS_REGION_NAME", "one");

    assertThat(resolve(fromEnvironment(), ID).id()).isEqualTo(ID);
    assertThat(cloud.logins).singleElement().asString().contains("\"name\":\"me\"");
  }
}
