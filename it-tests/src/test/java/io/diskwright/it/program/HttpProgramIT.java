package io.diskwright.it.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.ImageServer;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.Program;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as it is shipped brings images over HTTP, and tells no secret. */
class HttpProgramIT {
  private static final String SIGNED = "hello.qcow2?v=1&X-Amz-Signature=s3cret";

  @TempDir Path folder;
  private ImageServer server;
  private Program program;

  @BeforeEach
  void serve() throws IOException {
    Path images = Files.createDirectory(folder.resolve("images"));
    Files.copy(Images.HELLO_QCOW2, images.resolve("hello.qcow2"));
    server = ImageServer.of(images);
    program = new Program(folder);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static void assertTellsNothing(Tools.Result result) {
    assertThat(result.output() + result.error()).contains("hello.qcow2?v=1&***");
    assertThat(result.output() + result.error()).doesNotContain("s3cret");
  }

  @Test
  void anImageIsInspectedAndUsed() throws Exception {
    Tools.Result inspected = program.run("image", "inspect", server.url(SIGNED), "-v");
    Tools.Result json =
        program.run("image", "inspect", server.url(SIGNED), "--output", "json", "-v");
    Tools.Result created =
        program.run("disk", "create", "web-1", "--image", server.url(SIGNED), "-v");

    assertThat(inspected.status()).isZero();
    assertTellsNothing(inspected);
    assertThat(json.output()).contains("\"format\":\"qcow2\"", "\"safe\":true");
    assertTellsNothing(json);
    assertThat(created.status()).as(created.error()).isZero();
    assertTellsNothing(created);
    assertThat(program.succeed("base", "list")).contains("hello.qcow2?v=1&***");
  }

  @Test
  void anImageThatIsNotThereIsNotFound() throws Exception {
    String failure =
        program.fail(Reason.NOT_FOUND, "image", "pull", server.url("no.raw?token=s3cret"));

    assertThat(failure).contains("404", "no.raw?***").doesNotContain("s3cret");
  }

  @Test
  void whatIsWrongInTheConfigurationIsReported() throws Exception {
    program.configured(
        "pools: {local: {backend: raw, path: pool}}",
        "sources: {http: {redirect-allow: 10.0.0.0/99, connections: 0, stal-timeout: 5s}}");

    Tools.Result check = program.run("config", "check");

    assertThat(check.status()).isEqualTo(Reason.CONFIGURATION.exitCode());
    assertThat(check.output()).contains("redirect-allow", "connections", "stall-timeout");
  }
}
