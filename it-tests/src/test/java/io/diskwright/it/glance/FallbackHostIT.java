package io.diskwright.it.glance;

import static io.diskwright.it.support.Host.call;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.Diskwright;
import io.diskwright.core.event.PoolEvent;
import io.diskwright.core.export.FallbackHost;
import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.core.provision.Step;
import io.diskwright.it.support.Host;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.OpenStack;
import io.diskwright.it.support.PoolScan;
import io.diskwright.it.support.Program;
import io.diskwright.it.support.Ssh;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.error.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Images that Glance has no more come from the cache of another host, whose program is asked over
 * SSH. That host is this one, with a home and a pool of its own.
 */
class FallbackHostIT extends GlanceTestBase {
  private static Ssh ssh;

  private final AtomicBoolean deleted = new AtomicBoolean();
  private Path there;
  private Program other;
  private Program program;

  @BeforeAll
  static void startSsh() throws Exception {
    ssh = Ssh.up();
  }

  @AfterAll
  static void endSsh() throws Exception {
    ssh.close();
  }

  @BeforeEach
  void makeHosts() throws Exception {
    there = Files.createDirectory(folder.resolve("there"));
    other = new Program(there).configured(configuration(there, ""));
    Path here = Files.createDirectory(folder.resolve("here"));
    program = new Program(here).configured(configuration(here, "    " + command()));
  }

  /** The default, but for who is called, and where the program and its configuration are there. */
  private String command() {
    return ("fallback-command: \"ssh -F %s -o BatchMode=yes -o ConnectTimeout=30 {host}"
            + " env JAVA_HOME=%s DISKWRIGHT_CONFIG=%s/diskwright.yaml %s/bin/diskwright base"
            + " export --pool {pool} {image}\"")
        .formatted(ssh.config(), System.getProperty("java.home"), there, Program.dist());
  }

  private String[] configuration(Path home, String more) {
    String yaml =
        """
        default-pool: pool
        pools:
          pool:
            backend: qcow2
            path: '%s'
        %s
        sources: {glance: {cloud: %s, clouds-file: '%s'}}
        """;
    return yaml.formatted(home.resolve("pool"), more, OpenStack.USER, cloud.clouds())
        .split("\n", -1);
  }

  private String pulledThereAndDeleted() throws Exception {
    String id = cloud.upload(name, "qcow2", Images.HELLO_QCOW2, "file");
    other.succeed("image", "pull", "glance:" + id);
    cloud.delete(id);
    return "glance:" + id;
  }

  @Test
  void anImageThatGlanceHasNoMoreIsFilledFromTheOtherHost() throws Exception {
    String image = pulledThereAndDeleted();

    program.fail(Reason.NOT_FOUND, "disk", "create", "web-1", "--image", image);
    String made =
        program.succeed(
            "disk",
            "create",
            "web-1",
            "--image",
            image,
            "--fallback-host",
            Ssh.HOST,
            "--format",
            "qcow2");
    String again =
        program.succeed(
            "disk", "create", "web-2", "--image", image, "--fallback-host", "nowhere.invalid");

    assertThat(made).contains(image + " of other into a raw base");
    assertThat(again).doesNotContain(" of other into");
    for (String disk : new String[] {"web-1", "web-2"}) {
      Path extracted = folder.resolve(disk);
      program.succeed("disk", "extract", disk, extracted);
      Tools.assertSame(extracted, "raw", Images.HELLO_RAW, "raw");
    }
    assertThat(program.succeed("base", "list", "--output", "json"))
        .contains("\"image\":\"" + image, "\"imageFormat\":\"qcow2\"", "\"verified\":\"sha512:");
    assertThat(program.succeed("base", "verify")).contains("sound");
  }

  @Test
  void anImageThatIsDeletedWhenItIsAboutToBeFetchedIsFilledFromThere() throws Exception {
    Path raw = raw(9, 2 * MIB);
    String id = cloud.upload(name, "raw", raw, "file");
    other.succeed("image", "pull", "glance:" + id);
    Path yaml = Host.yaml(folder.resolve("pool"), "raw", command());
    String sources = "sources: {glance: {cloud: %s, clouds-file: '%s'}}\n";
    Files.writeString(
        yaml, Files.readString(yaml) + sources.formatted(OpenStack.USER, cloud.clouds()));
    Diskwright diskwright = closing(Diskwright.open(yaml, event -> deleteBeforeFill(id, event)));

    ProvisionResult made =
        diskwright.provision(
            ProvisionRequest.fromImage(new DiskName("disk"), "glance:" + id)
                .fallbackHost(new FallbackHost(Ssh.HOST))
                .build(),
            call());

    assertThat(made.steps()).extracting(Step::detail).first().asString().contains(" of other into");
    assertThat(Images.readsAs(made.disk().path().orElseThrow(), raw)).isTrue();
  }

  private void deleteBeforeFill(String id, PoolEvent event) {
    if (event.kind() == PoolEvent.Kind.FILL_STARTED && deleted.compareAndSet(false, true)) {
      try {
        cloud.delete(id);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void aBaseThatIsDamagedThereOrMissingIsNotTaken() throws Exception {
    String image = pulledThereAndDeleted();
    Path base = PoolScan.baseFiles(there.resolve("pool")).get(0);
    Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rw-------"));
    Images.overwrite(base, MIB / 2, new byte[] {1, 2, 3});

    String damaged = refused(Reason.UNAVAILABLE, image, Ssh.HOST);
    other.succeed("base", "prune", "--unused-for", "0s", "--min-age", "0s");
    String missing = refused(Reason.NOT_FOUND, image, Ssh.HOST);
    String nowhere = refused(Reason.UNAVAILABLE, image, "nowhere.invalid");

    assertThat(damaged).contains("reads otherwise than when it was published");
    assertThat(missing).contains("other has no base of it", "there is no base of this image");
    assertThat(nowhere).contains("nowhere.invalid");
    assertThat(program.succeed("base", "list", "--output", "json")).contains("\"bases\":[]");
    assertThat(PoolScan.leftOvers(folder.resolve("here/pool"))).isEmpty();
  }

  private String refused(Reason reason, String image, String host) throws Exception {
    return program.fail(reason, "disk", "create", "d", "--image", image, "--fallback-host", host);
  }
}
