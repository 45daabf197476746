package io.diskwright.source.glance;

import io.diskwright.source.http.TestServer;
import io.diskwright.source.http.TestServer.Connection;
import io.diskwright.source.http.TestServer.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keystone and Glance on one port, as well-behaved as a test wants them. */
final class TestCloud implements TestServer.Handler {
  static final String ID = "0c3a2c1e-5b7e-4d55-9d11-6a8f6f3c9a01";
  static final String PASSWORD = "pass-s3cret";

  /** Begins every token. */
  static final String TOKEN = "token-s3cret-";

  final List<String> logins = new CopyOnWriteArrayList<>();
  final List<String> issued = new CopyOnWriteArrayList<>();
  final Set<String> good = ConcurrentHashMap.newKeySet();

  /** What is answered at a path, instead of the records there. */
  final Map<String, String> records = new ConcurrentHashMap<>();

  volatile byte[] content = new byte[0];
  volatile String expiresAt = "2026-01-01T01:00:00.000000Z";
  volatile int loginStatus = 201;

  /** How many tokens, from now on, are over before Glance looks at them. */
  int refusedLogins;

  volatile String loginAnswer = "";
  volatile int recordStatus = 200;
  volatile boolean asksForTokens = true;

  /** Whether the store can read from the middle, as rbd, swift, s3 and http cannot. */
  volatile boolean ranges = true;

  volatile TestServer.Handler data = this::sendData;
  private volatile String url = "";

  void at(TestServer server) {
    at(server.url(""));
  }

  void at(String where) {
    url = where;
  }

  @Override
  public void answer(Request request, Connection connection) throws Exception {
    if (request.path().equals("/v3/auth/tokens")) {
      login(request, connection);
    } else if (asksForTokens && !good.contains(request.header("X-Auth-Token").orElse(""))) {
      connection.empty(401);
    } else if (request.path().endsWith("/file")) {
      if (request.asksForPart() && !ranges) {
        connection.empty(400);
      } else {
        data.answer(request, connection);
      }
    } else if (recordStatus != 200) {
      connection.empty(recordStatus);
    } else {
      json(connection, 200, records.get(request.path()));
    }
  }

  private synchronized void login(Request request, Connection connection) throws IOException {
    logins.add(request.body());
    if (loginStatus != 201) {
      json(connection, loginStatus, loginAnswer);
      return;
    }
    String token = TOKEN + logins.size();
    issued.add(token);
    if (refusedLogins > 0) {
      refusedLogins--;
    } else {
      good.add(token);
    }
    String catalogue =
        """
        {"token": {"issued_at": "2026-01-01T00:00:00.000000Z", "expires_at": "%s", "catalog": [
          {"type": "volumev3", "endpoints": [
            {"interface": "public", "region_id": "one", "url": "http://192.0.2.1/volume"}]},
          {"type": "image", "endpoints": [
            {"interface": "internal", "region_id": "one", "url": "http://192.0.2.1/image"},
            {"interface": "public", "region_id": "two", "url": "http://192.0.2.1/image"},
            {"interface": "public", "region_id": "one", "url": "%s/"}]}]}}
        """
            .formatted(expiresAt, url);
    json(connection, 201, catalogue, "X-Subject-Token: " + token);
  }

  static void json(Connection connection, int status, String text, String... headers)
      throws IOException {
    if (text == null) {
      connection.empty(404);
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    List<String> all = new java.util.ArrayList<>(List.of(headers));
    all.add("Content-Length: " + bytes.length);
    connection.head(status, all.toArray(String[]::new));
    connection.write(bytes, 0, bytes.length);
  }

  /** As Glance does: no ETag, no Accept-Ranges. */
  void sendData(Request request, Connection connection) throws IOException {
    connection.write(content, begin(request, connection), request.end(content.length));
  }

  long begin(Request request, Connection connection) throws IOException {
    long from = request.from();
    long end = request.end(content.length);
    String length = "Content-Length: " + (end - from);
    if (request.asksForPart()) {
      String range = "Content-Range: bytes %d-%d/%d".formatted(from, end - 1, content.length);
      connection.head(206, length, range);
    } else {
      connection.head(200, length);
    }
    return from;
  }

  /** Has an image's record, with members instead of the usual ones; null leaves one out. */
  void has(String id, Map<String, String> members) {
    records.put("/v2/images/" + id, record(id, members));
  }

  String record(String id, Map<String, String> members) {
    Map<String, String> all = new java.util.TreeMap<>();
    all.put("id", quoted(id));
    all.put("name", "\"debian\"");
    all.put("status", "\"active\"");
    all.put("disk_format", "\"raw\"");
    all.put("container_format", "\"bare\"");
    all.put("size", Integer.toString(content.length));
    all.put("virtual_size", Integer.toString(content.length));
    all.put("min_disk", "0");
    all.put("checksum", quoted("0".repeat(32)));
    all.put("os_hash_algo", "\"sha512\"");
    all.put("os_hash_value", quoted("1".repeat(128)));
    all.put("created_at", "\"2026-01-01T00:00:00Z\"");
    all.putAll(members);
    List<String> pairs =
        all.entrySet().stream()
            .map(each -> quoted(each.getKey()) + ": " + each.getValue())
            .toList();
    return "{" + String.join(", ", pairs) + "}";
  }

  static String quoted(String text) {
    return '"' + text + '"';
  }
}
