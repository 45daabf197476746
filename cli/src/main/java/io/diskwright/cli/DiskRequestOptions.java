package io.diskwright.cli;

import io.diskwright.core.export.FallbackHost;
import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.image.Digest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What a new disk is asked to be. */
final class DiskRequestOptions {
  static final String FALLBACK_HOST =
      "The host whose cache is asked for the base when the image is gone from its source.";

  @SuppressWarnings("NullAway.Init") // picocli requires it
  @Parameters(paramLabel = "NAME", description = "The disk's name.")
  private DiskName name;

  @Nullable
  @Option(
      names = "--image",
      paramLabel = "IMAGE",
      description = "The image: a path, file:…, http(s)://… or glance:ID-or-name.")
  private String image;

  @Option(names = "--blank", description = "A disk that reads as zeros, of the size given.")
  private boolean blank;

  @Nullable
  @Option(
      names = "--size",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "The disk's size, such as 20G. Else the image's.")
  private Long size;

  @Nullable
  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "The image's format: raw, qcow2, vmdk, vhd, vhdx or vdi. It is refused when it is another.")
  private DiskFormat format;

  @Nullable
  @Option(
      names = "--digest",
      paramLabel = "DIGEST",
      description = "The digest of the image's bytes, such as sha256:1f3a…")
  private Digest digest;

  @Nullable
  @Option(
      names = "--digest-file",
      paramLabel = "FILE",
      description = "A file beside the image that lists its digest, such as SHA256SUMS.")
  private String digestFile;

  @Nullable
  @Option(names = "--fallback-host", paramLabel = "HOST", description = FALLBACK_HOST)
  private FallbackHost fallbackHost;

  @Option(names = "--preallocate", description = "Sets storage aside for all of the disk.")
  private boolean preallocate;

  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  ProvisionRequest request(PoolName pool) {
    ProvisionRequest.Builder request = image == null ? blank() : fromImage(image);
    return request.pool(pool).preallocate(preallocate).build();
  }

  private ProvisionRequest.Builder fromImage(String reference) {
    if (blank) {
      throw usage("--image and --blank exclude each other");
    }
    ProvisionRequest.Builder request = ProvisionRequest.fromImage(name, reference);
    if (size != null) {
      request.size(size);
    }
    if (format != null) {
      request.format(format);
    }
    if (digest != null && digestFile != null) {
      throw usage("--digest and --digest-file exclude each other");
    }
    if (digest != null) {
      request.digest(digest);
    }
    if (digestFile != null) {
      request.digestFile(digestFile);
    }
    if (fallbackHost != null) {
      request.fallbackHost(fallbackHost);
    }
    return request;
  }

  private ProvisionRequest.Builder blank() {
    if (!blank) {
      throw usage("either --image IMAGE or --blank must be given");
    }
    if (size == null) {
      throw usage("--blank needs --size SIZE");
    }
    if (format != null || digest != null || digestFile != null || fallbackHost != null) {
      throw usage(
          "--format, --digest, --digest-file and --fallback-host are about an image, and --blank"
              + " takes none");
    }
    return ProvisionRequest.blank(name, size);
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
