package io.diskwright.source.openstack;

import io.diskwright.source.http.Answer;
import io.diskwright.source.http.Fetch;
import io.diskwright.source.http.HttpAccess;
import io.diskwright.source.http.HttpUrl;
import io.diskwright.source.http.OpenServer;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.util.Optional;

/** Gets tokens from Keystone ({@code POST /v3/auth/tokens}, Identity API v3); any thread. */
final class Keystone {
  private static final int LONGEST_MESSAGE = 200;

  private final HttpAccess access;
  private final OpenServer server;
  private final HttpUrl tokens;
  private final Cloud cloud;
  private final Credentials credentials;

  private Keystone(
      HttpAccess access, String source, HttpUrl tokens, Cloud cloud, Credentials credentials) {
    this.access = access;
    this.server = new OpenServer(source);
    this.tokens = tokens;
    this.cloud = cloud;
    this.credentials = credentials;
  }

  static Keystone of(HttpAccess access, String source, Cloud cloud, Credentials credentials)
      throws DiskException {
    String url = cloud.find("auth_url").orElse("");
    try {
      // As OpenStack's clients have it: what is written may name a version or not.
      String root = url.replaceFirst("/+$", "").replaceFirst("/v(2\\.0|3)$", "");
      return new Keystone(
          access, source, HttpUrl.parse(root + "/v3/auth/tokens"), cloud, credentials);
    } catch (IllegalArgumentException e) {
      throw Credentials.wrong(
          cloud, url.isEmpty() ? "auth_url is missing" : "auth_url is wrong: " + e.getMessage());
    }
  }

  /**
   * Gets a token.
   *
   * @throws DiskException with reason {@code PERMISSION_DENIED} when it is refused, {@code
   *     CONFIGURATION} when something is wrong with what is asked, {@code UNAVAILABLE}
   */
  Token token(Fetch fetch) throws DiskException {
    long asked = System.nanoTime();
    Answer answer = access.post(server, tokens, credentials.request(), fetch);
    Optional<String> id = answer.header("X-Subject-Token");
    if (answer.status() != 201 && answer.status() != 200) {
      throw refusal(answer);
    }
    try {
      if (id.isPresent()) {
        return Token.of(id.get(), Json.parse(answer.text()).object("token"), asked);
      }
    } catch (IllegalArgumentException e) {
      throw noKeystone(answer);
    }
    throw noKeystone(answer);
  }

  private DiskException refusal(Answer answer) {
    // Of a token that is not good any more, Keystone says that it finds none.
    boolean unknownToken = answer.status() == 404 && credentials.isToken();
    return switch (unknownToken ? 401 : answer.status()) {
      case 401 ->
          failure(Reason.PERMISSION_DENIED, answer)
              .remedy(
                  "check the %s of cloud %s, and that it has not expired"
                      .formatted(credentials, cloud))
              .build();
      case 403 ->
          failure(Reason.PERMISSION_DENIED, answer)
              .remedy("have the user of cloud %s allowed to log in".formatted(cloud))
              .build();
      case 400 ->
          failure(Reason.CONFIGURATION, answer)
              .remedy("check user, project and their domains in cloud %s".formatted(cloud))
              .build();
      default -> noKeystone(answer);
    };
  }

  private DiskException noKeystone(Answer answer) {
    return failure(Reason.UNAVAILABLE, answer)
        .remedy("check that auth_url of cloud %s leads to Keystone, version 3".formatted(cloud))
        .build();
  }

  private DiskException.Builder failure(Reason reason, Answer answer) {
    return DiskException.of(reason, "log in to")
        .resource(tokens.toString())
        .said(
            "Keystone gives no token for the %s of cloud %s: %s"
                .formatted(credentials, cloud, words(answer)));
  }

  /** What Keystone says may repeat what it was sent, but not in its first line. */
  private String words(Answer answer) {
    String message = "";
    try {
      message = Json.parse(answer.text()).object("error").text("message").orElse("");
    } catch (IllegalArgumentException e) {
      // the status says enough
    }
    String line = message.lines().findFirst().orElse("").replaceAll("[^\\x20-\\x7e]", "?");
    String shown = line.substring(0, Math.min(line.length(), LONGEST_MESSAGE));
    return shown.isEmpty() || credentials.tells(line)
        ? answer.statusLine()
        : "%s (%s)".formatted(answer.statusLine(), shown);
  }
}
