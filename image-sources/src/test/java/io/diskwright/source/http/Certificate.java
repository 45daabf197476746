package io.diskwright.source.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A certificate of a server, signed by itself, for {@code localhost} and {@code secure.test}.
 *
 * @param store the key and the certificate
 * @param pem the certificate, as those who are to trust it have it
 */
public record Certificate(Path store, Path pem) {
  private static final String PASSWORD = "password";

  /** Makes one, by the JDK's keytool. */
  public static Certificate make(Path folder, String name) throws Exception {
    Path store = folder.resolve(name + ".p12");
    Path pem = folder.resolve(name + ".pem");
    keytool(
        "-genkeypair",
        "-alias",
        name,
        "-keyalg",
        "EC",
        "-dname",
        "CN=" + name,
        "-validity",
        "2",
        "-ext",
        "san=dns:localhost,dns:secure.test",
        "-keystore",
        store.toString());
    keytool(
        "-exportcert",
        "-rfc",
        "-alias",
        name,
        "-keystore",
        store.toString(),
        "-file",
        pem.toString());
    return new Certificate(store, pem);
  }

  private static void keytool(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD));
    command.addAll(1, Arrays.asList(arguments));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (InputStream output = keytool.getInputStream()) {
      assertThat(keytool.waitFor())
          .as(new String(output.readAllBytes(), StandardCharsets.UTF_8))
          .isZero();
    }
  }

  /** Returns what a server needs to speak TLS with it. */
  public SSLContext context() throws Exception {
    KeyStore keyStore = KeyStore.getInstance("PKCS12");
    try (InputStream file = Files.newInputStream(store)) {
      keyStore.load(file, PASSWORD.toCharArray());
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(keyStore, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }
}
