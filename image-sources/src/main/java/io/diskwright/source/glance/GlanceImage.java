package io.diskwright.source.glance;

import io.diskwright.source.openstack.Json;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.Location;
import io.diskwright.toolkit.source.Redaction;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Glance's record of an image (Image API v2, "Images" schema); immutable. */
final class GlanceImage {
  private static final Logger LOG = LoggerFactory.getLogger(GlanceImage.class);
  private static final long GIB = 1L << 30;

  /** What Amazon's formats are named when they are whole disks or file systems. */
  private static final Set<String> RAW = Set.of("ami", "ari", "aki");

  private static final String BARE = "bare";
  private static final Set<String> CONTAINERS = Set.of(BARE, "compressed", "ami", "ari", "aki");

  private final Json json;
  private final String id;

  /**
   * Takes a record.
   *
   * @throws DiskException with reason {@code UNAVAILABLE} when it is none
   */
  GlanceImage(Json json, String tried) throws DiskException {
    this.json = json;
    this.id = json.text("id").orElse("").toLowerCase(Locale.ROOT);
    if (id.isEmpty() || json.text("status").isEmpty()) {
      throw DiskException.of(Reason.UNAVAILABLE, tried)
          .resource(GlanceSourceProvider.ID)
          .said("what was answered is no image of Glance's API, version 2")
          .remedy("check Glance's URL")
          .build();
    }
  }

  String id() {
    return id;
  }

  private String status() {
    return json.text("status").orElseThrow();
  }

  /** Returns it as one of a list. */
  String shown() {
    return "%s (%s, made %s)"
        .formatted(id, status(), json.text("created_at").orElse("at some time"));
  }

  /** Fails unless Glance has all of the image, and hands it out. */
  void requireActive(String tried) throws DiskException {
    String status = status();
    if (status.equals("active")) {
      return;
    }
    DiskException.Builder failure =
        switch (status) {
          case "deactivated" ->
              DiskException.of(Reason.PERMISSION_DENIED, tried)
                  .remedy("have an administrator of Glance reactivate it, or use another image");
          case "deleted", "pending_delete" ->
              DiskException.of(Reason.NOT_FOUND, tried).remedy("use another image");
          case "killed" ->
              DiskException.of(Reason.IMAGE_UNACCEPTABLE, tried)
                  .remedy("upload the image again: it did not work the last time");
          default -> // queued, saving, uploading, importing
              DiskException.of(Reason.UNAVAILABLE, tried)
                  .remedy("try again when its upload has ended");
        };
    throw failure
        .resource(toString())
        .said("the image is %s, not active".formatted(status))
        .build();
  }

  /**
   * Returns what core is to know of the image.
   *
   * @param request what was asked for, which must not contradict the record
   * @throws DiskException with reason {@code IMAGE_UNACCEPTABLE} when it does, or when no disk can
   *     be made of such an image
   */
  Image toImage(ImageRequest request, String tried) throws DiskException {
    DiskFormat format = format(request, tried);
    Optional<Digest> own = digest();
    Image.Builder image = Image.builder(GlanceSourceProvider.ID, id).format(format);
    size().ifPresent(image::length);
    virtualSize(format).ifPresent(image::virtualSize);
    json.number("min_disk").ifPresent(gib -> image.minimumDiskSize(bytes(gib)));
    Optional<Digest> declared = request.digest();
    if (declared.isPresent() && own.isPresent()) {
      requireSame(declared.get(), own.get(), tried);
    }
    own.ifPresent(image::sourceDigest);
    declared.ifPresent(image::digest);
    hash().or(() -> declared.map(Digest::toString)).ifPresent(image::validator);
    return image.locations(locations()).build();
  }

  OptionalLong size() {
    return json.number("size");
  }

  private static long bytes(long gib) {
    return gib > Long.MAX_VALUE / GIB ? Long.MAX_VALUE : gib * GIB;
  }

  private DiskFormat format(ImageRequest request, String tried) throws DiskException {
    String container = json.text("container_format").orElse(BARE);
    if (!CONTAINERS.contains(container)) {
      throw unacceptable(
          tried,
          "its container format is %s: it is no disk, but has some in it".formatted(container),
          "take the disk out, and upload that as an image of container format bare");
    }
    String named = json.text("disk_format").orElse("");
    DiskFormat format;
    try {
      format = RAW.contains(named) ? DiskFormat.RAW : DiskFormat.of(named);
    } catch (IllegalArgumentException e) {
      throw unacceptable(
          tried,
          "its disk format is '%s'".formatted(named),
          "use an image in raw, qcow2, vmdk, vhd, vhdx, vdi or iso");
    }
    if (request.format().isPresent() && request.format().get() != format) {
      throw unacceptable(
          tried,
          "it was declared as %s, and Glance says that it is %s"
              .formatted(request.format().get(), named),
          "declare the format that it has, or none");
    }
    return format;
  }

  /** Of what is raw and not packed, all bytes are the machine's. */
  private OptionalLong virtualSize(DiskFormat format) {
    OptionalLong told = json.number("virtual_size");
    if (told.isPresent() && told.getAsLong() > 0) {
      return told;
    }
    boolean plain =
        format == DiskFormat.RAW && json.text("container_format").orElse(BARE).equals(BARE);
    return plain ? size() : OptionalLong.empty();
  }

  /** Returns what changes with any byte: the hash that Glance has computed, by its name. */
  private Optional<String> hash() {
    Optional<String> algorithm = json.text("os_hash_algo");
    Optional<String> value = json.text("os_hash_value");
    return algorithm.isPresent() && value.isPresent()
        ? Optional.of(algorithm.get() + ':' + value.get())
        : json.text("checksum").map(md5 -> "md5:" + md5);
  }

  /** Returns the best hash that can be computed here. */
  private Optional<Digest> digest() {
    String algorithm = json.text("os_hash_algo").orElse("");
    return digest(algorithm, json.text("os_hash_value").orElse(""))
        .or(() -> digest("md5", json.text("checksum").orElse("")));
  }

  private static Optional<Digest> digest(String algorithm, String hex) {
    try {
      return Optional.of(new Digest(algorithm, hex));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // there is none, or it is of an algorithm that we do not have
    }
  }

  private void requireSame(Digest declared, Digest own, String tried) throws DiskException {
    if (declared.algorithm().equals(own.algorithm()) && !declared.equals(own)) {
      throw unacceptable(
          tried,
          "its digest is %s, and %s was declared".formatted(own, declared),
          "declare the right digest, or use another image");
    }
  }

  /** In Glance's order; where a store gives only a direct URL, that is the last. */
  private List<Location> locations() {
    Set<String> urls = new LinkedHashSet<>();
    json.objects("locations").forEach(each -> each.text("url").ifPresent(urls::add));
    json.text("direct_url").ifPresent(urls::add);
    List<Location> locations = new ArrayList<>();
    for (String url : urls) {
      try {
        locations.add(new Location(new URI(url)));
      } catch (URISyntaxException | IllegalArgumentException e) {
        LOG.warn("{}: location {} is left out, as it is no URI", this, Redaction.of(url));
      }
    }
    return locations;
  }

  private DiskException unacceptable(String tried, String said, String remedy) {
    return DiskException.of(Reason.IMAGE_UNACCEPTABLE, tried)
        .resource(toString())
        .said(said)
        .remedy(remedy)
        .build();
  }

  @Override
  public String toString() {
    return GlanceSourceProvider.ID + ':' + id;
  }
}
