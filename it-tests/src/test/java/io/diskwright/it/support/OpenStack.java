package io.diskwright.it.support;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Glance with Keystone in front of it, as {@code it-tests/env} makes them, and what their users do
 * there. Tokens are good for a short time only.
 */
public final class OpenStack implements AutoCloseable {
  /** The user whose images these are, of {@code clouds.yaml}. */
  public static final String USER = "diskwright";

  /** That user's project. */
  public static final String PROJECT = "images";

  private static final String TOKEN_SECONDS = "15";

  /** For how long one is used again: each takes Keystone a while. */
  private static final Duration USED_AGAIN = Duration.ofSeconds(5);

  private static final Path ENV = Path.of("env").toAbsolutePath();
  private static final Pattern ID = Pattern.compile("\"id\": *\"([0-9a-f-]{36})\"");

  private final Map<String, Issued> tokens = new ConcurrentHashMap<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Path folder;

  private OpenStack(Path folder) {
    this.folder = folder;
  }

  /** Starts both; Glance keeps images on a cluster, or in files where that is asked for. */
  public static OpenStack up(Ceph ceph) throws Exception {
    OpenStack cloud = new OpenStack(Files.createTempDirectory("diskwright-openstack"));
    cloud.env("keystone", "up", Map.of("KEYSTONE_TOKEN_SECONDS", TOKEN_SECONDS));
    cloud.env(
        "glance",
        "up",
        Map.of(
            "GLANCE_KEYSTONE", cloud.folder("keystone").toString(),
            "GLANCE_CEPH", ceph.folder().toString()));
    return cloud;
  }

  /** Returns what somebody else has started, in the folders {@code keystone} and {@code glance}. */
  public static OpenStack at(Path folder) {
    return new OpenStack(folder);
  }

  private Path folder(String service) {
    return folder.resolve(service);
  }

  private void env(String service, String action, Map<String, String> variables) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(List.of(ENV.toString(), service, action, folder(service).toString()));
    builder.environment().putAll(variables);
    Tools.Result result = Tools.run(builder);
    if (result.status() != 0) {
      throw new AssertionError("it-tests/env %s %s: %s".formatted(service, action, result));
    }
  }

  /** Returns the configuration that leads here, with a pool {@code default} on the cluster. */
  public Path yaml() {
    return folder("glance").resolve("diskwright.yaml");
  }

  /** Returns the clouds: {@code diskwright}, {@code diskwright-application}, {@code admin}. */
  public Path clouds() {
    return folder("glance").resolve("clouds.yaml");
  }

  /** Returns a user's password. */
  public String password(String user) throws IOException {
    return Files.readString(passwordFile(user)).strip();
  }

  /** Returns the file with a user's password. */
  public Path passwordFile(String user) {
    return folder("keystone").resolve("conf/" + user + "-password");
  }

  /** Returns the file of an image that is not on the cluster. */
  public Path fileOf(String id) {
    return folder("glance").resolve("data/images/" + id);
  }

  /** Ends Glance in the midst of what it does, and starts it again. */
  public void restartGlance() throws Exception {
    env("glance", "restart", Map.of());
  }

  /** Spoils all tokens, as far as Glance has not yet seen them. */
  public void spoilTokens() throws Exception {
    env("keystone", "rekey", Map.of());
    tokens.clear();
  }

  /** Returns Keystone's URL. */
  public String keystone() throws IOException {
    return "http://127.0.0.1:%s/v3".formatted(port("keystone"));
  }

  /** Returns Glance's URL. */
  public String glance() throws IOException {
    return "http://127.0.0.1:" + port("glance");
  }

  private String port(String service) throws IOException {
    return Files.readString(folder(service).resolve("port")).strip();
  }

  /** Returns a new token of a user, for a project. */
  public String token(String user, String project) throws Exception {
    String body =
        """
        {"auth": {"identity": {"methods": ["password"], "password": {"user":
          {"name": "%s", "domain": {"id": "default"}, "password": "%s"}}},
          "scope": {"project": {"name": "%s", "domain": {"id": "default"}}}}}
        """
            .formatted(user, password(user), project);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(keystone() + "/auth/tokens"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    return answer.headers().firstValue("X-Subject-Token").orElseThrow();
  }

  /** Returns with what status Glance answers who has a token. */
  public int statusFor(String token) throws Exception {
    return send(token, "GET", "/v2/images?limit=1", BodyPublishers.noBody(), "store").statusCode();
  }

  private HttpResponse<String> send(
      String token, String method, String path, HttpRequest.BodyPublisher body, String store)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(glance() + path))
            .header("X-Auth-Token", token)
            .header("X-Image-Meta-Store", store)
            .header("Content-Type", contentType(method, path))
            .method(method, body)
            .build();
    return http.send(request, BodyHandlers.ofString());
  }

  private static String contentType(String method, String path) {
    if (path.endsWith("/file")) {
      return "application/octet-stream";
    }
    return method.equals("PATCH")
        ? "application/openstack-images-v2.1-json-patch"
        : "application/json";
  }

  private record Issued(String token, long at) {}

  private String tokenOf(String user) throws Exception {
    Issued issued = tokens.get(user);
    if (issued == null || System.nanoTime() - issued.at() > USED_AGAIN.toNanos()) {
      long now = System.nanoTime();
      issued = new Issued(token(user, user.equals(USER) ? PROJECT : user), now);
      tokens.put(user, issued);
    }
    return issued.token();
  }

  private String succeed(
      String user, String method, String path, HttpRequest.BodyPublisher body, String store)
      throws Exception {
    HttpResponse<String> answer = send(tokenOf(user), method, path, body, store);
    if (answer.statusCode() / 100 != 2) {
      throw new AssertionError("%s %s: %s %s".formatted(method, path, answer, answer.body()));
    }
    return answer.body();
  }

  /** Makes an image without bytes; returns its id. */
  public String queue(String name, String format, String... members) throws Exception {
    return queueAs(USER, name, format, members);
  }

  /** Makes an image of another user's, without bytes; returns its id. */
  public String queueAs(String user, String name, String format, String... members)
      throws Exception {
    String more = members.length == 0 ? "" : ", " + String.join(", ", members);
    String body =
        "{\"name\": \"%s\", \"disk_format\": \"%s\", \"container_format\": \"bare\"%s}"
            .formatted(name, format, more);
    String made = succeed(user, "POST", "/v2/images", BodyPublishers.ofString(body), "file");
    Matcher id = ID.matcher(made);
    if (!id.find()) {
      throw new AssertionError(made);
    }
    return id.group(1);
  }

  /** Makes an image of a file, in store {@code file} or {@code rbd}; returns its id. */
  public String upload(String name, String format, Path file, String store, String... members)
      throws Exception {
    String id = queue(name, format, members);
    String path = "/v2/images/" + id + "/file";
    String unused = succeed(USER, "PUT", path, BodyPublishers.ofFile(file), store);
    return id;
  }

  /** Adds a place where an image lies, in store {@code rbd}, behind those that Glance tells. */
  public void addLocation(String id, String url) throws Exception {
    String body =
        """
        [{"op": "add", "path": "/locations/-", "value": {"url": "%s", "metadata": {"store": "rbd"}}}]
        """
            .formatted(url);
    String unused =
        succeed(USER, "PATCH", "/v2/images/" + id, BodyPublishers.ofString(body), "rbd");
  }

  /** Returns how often an image's bytes were asked for until now. */
  public long requests(String id) throws Exception {
    // Glance writes down what it has answered before it answers anything else.
    String record = "/v2/images/" + id;
    String unused = succeed(USER, "GET", record, BodyPublishers.noBody(), "store");
    try (Stream<String> lines = Files.lines(folder("glance").resolve("log/glance-api"))) {
      return lines.filter(line -> line.contains("\"GET " + record + "/file ")).count();
    }
  }

  /** Has Glance tell no longer where images lie, until this is closed. */
  public AutoCloseable hideLocations() throws Exception {
    showLocations("true", "false");
    return () -> showLocations("false", "true");
  }

  private void showLocations(String before, String after) throws Exception {
    Path conf = folder("glance").resolve("conf/glance-api.conf");
    String text = Files.readString(conf);
    for (String key : List.of("show_image_direct_url = ", "show_multiple_locations = ")) {
      text = text.replace(key + before, key + after);
    }
    Files.writeString(conf, text);
    restartGlance();
  }

  /** Has nobody but administrators read an image's bytes. */
  public void deactivate(String id) throws Exception {
    String path = "/v2/images/" + id + "/actions/deactivate";
    String unused = succeed("admin", "POST", path, BodyPublishers.noBody(), "file");
  }

  /** Deletes an image. */
  public void delete(String id) throws Exception {
    String unused = succeed(USER, "DELETE", "/v2/images/" + id, BodyPublishers.noBody(), "file");
  }

  @Override
  public void close() throws IOException {
    try {
      env("glance", "down", Map.of());
      env("keystone", "down", Map.of());
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
    Files.deleteIfExists(folder);
  }
}
