package io.diskwright.source.glance;

import static io.diskwright.source.glance.TestCloud.ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.source.http.Certificate;
import io.diskwright.source.http.TestServer;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keystone and Glance behind TLS, with a certificate that a cloud's {@code cacert} vouches for. */
class GlanceTlsTest extends GlanceTestBase {
  @TempDir static Path certificates;
  private static Certificate certificate;

  private TestServer secure;

  @BeforeAll
  static void makeCertificate() throws Exception {
    certificate = Certificate.make(certificates, "cloud");
  }

  @BeforeEach
  void serveSecurely() throws Exception {
    secure = closing(TestServer.secure(certificate.context(), cloud));
    cloud.at(secure.urlBy("localhost", ""));
  }

  private void cloudHas(String line) throws Exception {
    Path file = folder.resolve("clouds.yaml");
    String yaml =
        Files.readString(file).replace(server.url("/v3"), secure.urlBy("localhost", "/v3"));
    Files.writeString(file, yaml + "    " + line + '\n');
  }

  @Test
  void aCloudIsTrustedByItsCacert() throws Exception {
    byte[] content = serves(2 * MIB);
    cloudHas("cacert: '" + certificate.pem() + "'");

    assertThat(readAll(openImage(source()))).isEqualTo(content);
    assertThat(cloud.logins).hasSize(1);
  }

  @Test
  void aCloudThatNothingVouchesForIsSentNoPassword() throws Exception {
    byte[] unused = serves(MIB);
    cloudHas("verify: true");

    DiskException failure = failure(() -> resolve(source(), ID));

    assertThat(failure.reason()).isEqualTo(Reason.PERMISSION_DENIED);
    assertThat(failure).hasMessageContaining("not trusted");
    assertThat(cloud.logins).isEmpty();
  }
}
