package io.diskwright.source.glance;

import static io.diskwright.source.glance.TestCloud.ID;
import static io.diskwright.source.glance.TestCloud.quoted;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import io.diskwright.spi.image.Location;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Glance's record of an image says is what core is told. */
class GlanceRecordTest extends GlanceTestBase {
  private static final String SHA512 = "1".repeat(128);
  private static final String SHA256 = "2".repeat(64);
  private static final String MD5 = "0".repeat(32);

  private Image resolved(Map<String, String> members) throws DiskException {
    byte[] unused = serves(1000, members);
    return resolve(source(), ID);
  }

  private DiskException refusal(Map<String, String> members) {
    return failure(() -> resolved(members));
  }

  @Test
  void allThatMattersIsToldOn() throws DiskException {
    Image image =
        resolved(
            Map.of(
                "disk_format", "\"qcow2\"",
                "virtual_size", "5368709120",
                "min_disk", "6",
                "locations",
                    "[{\"url\": \"rbd://f/images/a/snap\"}, {\"url\": \"file:///a b\"}, 7]",
                "direct_url", "\"rbd://f/direct/a/snap\""));

    assertThat(image.source()).isEqualTo("glance");
    assertThat(image.id()).isEqualTo(ID);
    assertThat(image.format()).hasValue(DiskFormat.QCOW2);
    assertThat(image.length()).hasValue(1000);
    assertThat(image.virtualSize()).hasValue(5L << 30);
    assertThat(image.minimumDiskSize()).hasValue(6L << 30);
    assertThat(image.digest()).hasValue(new Digest("sha512", SHA512));
    assertThat(image.sourceKnowsDigest()).isTrue();
    assertThat(image.validator()).hasValue("sha512:" + SHA512);
    assertThat(image.locations())
        .extracting(Location::toString)
        .containsExactly("rbd://f/images/a/snap", "rbd://f/direct/a/snap");
  }

  @Test
  void theDirectUrlIsNoSecondLocation() throws DiskException {
    String url = "\"rbd://f/images/a/snap\"";

    Image image = resolved(Map.of("locations", "[{\"url\": " + url + "}]", "direct_url", url));

    assertThat(image.locations()).hasSize(1);
  }

  @Test
  void anOldImageHasAChecksum() throws DiskException {
    Image image = resolved(Map.of("os_hash_algo", "null", "os_hash_value", "null"));

    assertThat(image.digest()).hasValue(new Digest("md5", MD5));
    assertThat(image.validator()).hasValue("md5:" + MD5);
  }

  @Test
  void aHashThatCannotBeComputedHereStillTellsImagesApart() throws DiskException {
    Image image = resolved(Map.of("os_hash_algo", "\"blake2b\"", "os_hash_value", "\"abc\""));

    assertThat(image.digest()).hasValue(new Digest("md5", MD5));
    assertThat(image.validator()).hasValue("blake2b:abc");
  }

  @Test
  void anImageWithoutAnyHashIsNotShared() throws DiskException {
    Image image =
        resolved(Map.of("os_hash_algo", "null", "os_hash_value", "null", "checksum", "null"));

    assertThat(image.digest()).isEmpty();
    assertThat(image.validator()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"raw, RAW", "iso, RAW", "ami, RAW", "qcow2, QCOW2", "vhd, VHD", "vmdk, VMDK"})
  void aDiskFormatIsOneOfOurs(String named, DiskFormat format) throws DiskException {
    assertThat(resolved(Map.of("disk_format", quoted(named))).format()).hasValue(format);
  }

  @Test
  void aRawImageIsAsLargeAsItsBytesUnlessTheyArePacked() throws DiskException {
    Map<String, String> unknown = Map.of("virtual_size", "null");
    Map<String, String> packed =
        Map.of("virtual_size", "null", "container_format", "\"compressed\"");

    assertThat(resolved(unknown).virtualSize()).hasValue(1000);
    assertThat(resolved(packed).virtualSize()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ploop", "", "unknown"})
  void whatIsNoFormatOfADiskIsRefused(String format) {
    DiskException failure = refusal(Map.of("disk_format", quoted(format)));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContaining("'" + format + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ova", "ovf", "docker"})
  void whatOnlyHoldsDisksIsRefused(String container) {
    DiskException failure = refusal(Map.of("container_format", quoted(container)));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContaining(container);
  }

  @ParameterizedTest
  @CsvSource({
    "queued, UNAVAILABLE",
    "saving, UNAVAILABLE",
    "uploading, UNAVAILABLE",
    "importing, UNAVAILABLE",
    "killed, IMAGE_UNACCEPTABLE",
    "deactivated, PERMISSION_DENIED",
    "deleted, NOT_FOUND",
    "pending_delete, NOT_FOUND"
  })
  void anImageThatIsNotActiveIsRefused(String status, Reason reason) {
    DiskException failure = refusal(Map.of("status", quoted(status)));

    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure).hasMessageContaining("is " + status);
    assertThat(failure.resource()).hasValue("glance:" + ID);
  }

  @ParameterizedTest
  @CsvSource({
    "401, PERMISSION_DENIED",
    "403, PERMISSION_DENIED",
    "404, NOT_FOUND",
    "410, NOT_FOUND",
    "300, UNAVAILABLE",
    "302, UNAVAILABLE",
    "500, UNAVAILABLE",
    "503, UNAVAILABLE"
  })
  void aStatusHasAReason(int status, Reason reason) {
    cloud.recordStatus = status;

    DiskException failure = refusal(Map.of());

    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure).hasMessageContaining(Integer.toString(status));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>", "[]", "{}", "{\"id\": \"x\"}", "{\"id\": [", "null"})
  void whatIsNoRecordIsUnavailable(String answer) {
    cloud.records.put("/v2/images/" + ID, answer);

    assertThat(failure(() -> resolve(source(), ID)).reason()).isEqualTo(Reason.UNAVAILABLE);
  }

  @Test
  void anIdIsOneInAnyCase() throws DiskException {
    byte[] unused = serves(1000);

    assertThat(resolve(source(), ID.toUpperCase(Locale.ROOT)).id()).isEqualTo(ID);
  }

  @Test
  void whatWasDeclaredMustNotContradict() throws DiskException {
    byte[] unused = serves(1000);
    ImageSource source = source();
    ImageRequest request = ImageRequest.of("glance:" + ID);
    Digest other = new Digest("sha512", "3".repeat(128));
    Digest another = new Digest("sha256", SHA256);

    DiskException format =
        failure(() -> source.resolve(request.withFormat(DiskFormat.QCOW2), CALL));
    DiskException digest = failure(() -> source.resolve(request.withDigest(other), CALL));
    DiskException file = failure(() -> source.resolve(request.withDigestFile("SUMS"), CALL));

    assertThat(format.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(digest.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(file.reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(source.resolve(request.withFormat(DiskFormat.RAW), CALL).id()).isEqualTo(ID);
    Image declared = source.resolve(request.withDigest(another), CALL);
    assertThat(declared.digest()).as("is what is verified").hasValue(another);
    assertThat(declared.sourceKnowsDigest()).isFalse();
    assertThat(declared.sourceDigest()).as("and so is").hasValue(new Digest("sha512", SHA512));
    assertThat(declared.validator()).hasValue("sha512:" + SHA512);
  }

  @Test
  void anImageIsFoundByItsName() throws DiskException {
    String record = cloud.record(ID, Map.of("name", "\"a b+c\""));
    String other = cloud.record("other", Map.of("name", "\"A B+C\""));
    cloud.records.put("/v2/images", "{\"images\": [" + record + ", " + other + "]}");

    assertThat(resolve(source(), "a b+c").id()).isEqualTo(ID);
    assertThat(server.requests())
        .last()
        .satisfies(request -> assertThat(request.target()).contains("name=a+b%2Bc"));
  }

  @Test
  void aNameOfSeveralImagesListsThem() {
    String one = cloud.record("id-1", Map.of());
    String two = cloud.record("id-2", Map.of("status", "\"queued\""));
    cloud.records.put(
        "/v2/images",
        "{\"images\": [" + one + ", " + two + "], \"next\": \"/v2/images?marker=x\"}");

    DiskException failure = failure(() -> resolve(source(), "debian"));

    assertThat(failure.reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(failure)
        .hasMessageContaining("id-1 (active")
        .hasMessageContaining("id-2 (queued")
        .hasMessageContaining("and more");
  }

  @Test
  void aNameOfNoImageIsNotFound() {
    cloud.records.put("/v2/images", "{\"images\": []}");

    assertThat(failure(() -> resolve(source(), "debian")).reason()).isEqualTo(Reason.NOT_FOUND);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "in:a,b"})
  void whatNamesNoImageIsRefused(String name) {
    assertThat(failure(() -> resolve(source(), name)).reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(server.requests()).isEmpty();
  }
}
