package io.diskwright.source.openstack;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What proves to Keystone who asks: a password, an application credential or a token (Identity API
 * v3, "Authentication and token management"); immutable. Never shown.
 */
final class Credentials {
  private static final String TOKEN = "token";

  private final String kind;
  private final Map<String, Object> identity;
  private final Optional<Object> scope;
  private final String secret;

  private Credentials(
      String kind, Map<String, Object> identity, Optional<Object> scope, String secret) {
    this.kind = kind;
    this.identity = identity;
    this.scope = scope;
    this.secret = secret;
  }

  /**
   * Returns those of a cloud; none for {@code auth_type: none}.
   *
   * @throws DiskException with reason {@code CONFIGURATION} when something is missing
   */
  static Optional<Credentials> of(Cloud cloud) throws DiskException {
    String type = cloud.find("auth_type").orElseGet(() -> typeOf(cloud));
    return switch (type) {
      case "none" -> Optional.empty();
      case "password", "v3password" -> Optional.of(password(cloud));
      case "v3applicationcredential" -> Optional.of(applicationCredential(cloud));
      case "token", "v3token" -> Optional.of(token(cloud));
      default ->
          throw wrong(
              cloud,
              "auth_type (%s) must be one of password, v3applicationcredential, token, none"
                  .formatted(type));
    };
  }

  private static String typeOf(Cloud cloud) {
    if (cloud.find("application_credential_secret").isPresent()) {
      return "v3applicationcredential";
    }
    boolean token = cloud.find("token").isPresent() && cloud.find("password").isEmpty();
    return token ? "v3token" : "password";
  }

  private static Credentials password(Cloud cloud) throws DiskException {
    Map<String, Object> user = user(cloud);
    String password = require(cloud, "password");
    user.put("password", password);
    return new Credentials(
        "password", method("password", Map.of("user", user)), scope(cloud), password);
  }

  /** An application credential has its scope by itself. */
  private static Credentials applicationCredential(Cloud cloud) throws DiskException {
    Map<String, Object> credential = new LinkedHashMap<>();
    Optional<String> id = cloud.find("application_credential_id");
    if (id.isPresent()) {
      credential.put("id", id.get());
    } else {
      credential.put("name", require(cloud, "application_credential_name"));
      credential.put("user", user(cloud));
    }
    String secret = require(cloud, "application_credential_secret");
    credential.put("secret", secret);
    return new Credentials(
        "application credential",
        method("application_credential", credential),
        Optional.empty(),
        secret);
  }

  private static Credentials token(Cloud cloud) throws DiskException {
    String token = require(cloud, TOKEN);
    return new Credentials(TOKEN, method(TOKEN, Map.of("id", token)), scope(cloud), token);
  }

  private static Map<String, Object> method(String name, Map<String, Object> values) {
    Map<String, Object> identity = new LinkedHashMap<>();
    identity.put("methods", List.of(name));
    identity.put(name, values);
    return identity;
  }

  private static Map<String, Object> user(Cloud cloud) throws DiskException {
    Map<String, Object> user = new LinkedHashMap<>();
    Optional<String> id = cloud.find("user_id");
    if (id.isPresent()) {
      user.put("id", id.get());
    } else {
      user.put("name", require(cloud, "username", "user_name"));
      user.put("domain", domain(cloud, "user_domain"));
    }
    return user;
  }

  private static Map<String, Object> domain(Cloud cloud, String of) {
    Optional<String> name = cloud.find(of + "_name");
    return cloud
        .find(of + "_id")
        .map(id -> Map.<String, Object>of("id", id))
        .or(() -> name.map(each -> Map.of("name", each)))
        .orElseGet(
            () ->
                Map.of("id", cloud.find("default_domain", "default_domain_id").orElse("default")));
  }

  private static Optional<Object> scope(Cloud cloud) {
    Optional<String> projectId = cloud.find("project_id", "tenant_id");
    if (projectId.isPresent()) {
      return Optional.of(Map.of("project", Map.of("id", projectId.get())));
    }
    Optional<String> name = cloud.find("project_name", "tenant_name");
    if (name.isPresent()) {
      Map<String, Object> project = new LinkedHashMap<>();
      project.put("name", name.get());
      project.put("domain", domain(cloud, "project_domain"));
      return Optional.of(Map.of("project", project));
    }
    if (cloud.find("system_scope").isPresent()) {
      return Optional.of(Map.of("system", Map.of("all", true)));
    }
    return cloud
        .find("domain_id", "domain_name")
        .map(any -> Map.of("domain", domain(cloud, "domain")));
  }

  private static String require(Cloud cloud, String... names) throws DiskException {
    Optional<String> value = cloud.find(names);
    if (value.isEmpty()) {
      throw wrong(cloud, "%s is missing".formatted(names[0]));
    }
    return value.get();
  }

  static DiskException wrong(Cloud cloud, String said) {
    return DiskException.of(Reason.CONFIGURATION, "use cloud")
        .resource(cloud.toString())
        .said(said)
        .remedy("write into it what OpenStack's own clients take")
        .build();
  }

  /** Returns what is sent to Keystone; it has the secret. */
  String request() {
    Map<String, Object> auth = new LinkedHashMap<>();
    auth.put("identity", identity);
    scope.ifPresent(each -> auth.put("scope", each));
    return Json.write(Map.of("auth", auth));
  }

  boolean isToken() {
    return kind.equals(TOKEN);
  }

  /** Returns whether a text has the secret in it. */
  boolean tells(String text) {
    return text.contains(secret);
  }

  /** Returns what they are, in words, and nothing of them. */
  @Override
  public String toString() {
    return kind;
  }
}
