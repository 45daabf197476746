package io.diskwright.cli;

import io.diskwright.core.export.FallbackHost;
import io.diskwright.core.inspect.Verdict;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.ImageUnacceptableException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.toolkit.source.Redaction;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "image",
    addMethodSubcommands = false,
    description = "Images: look at them, fetch them ahead of use.")
final class ImageCommand {
  private static final String IMAGE =
      "The image: a path, file:…, http(s)://… or glance:ID-or-name.";
  private static final String FORMAT =
      "The image's format: raw, qcow2, vmdk, vhd, vhdx or vdi. It is refused when it is another.";

  private final Session session;

  ImageCommand(Session session) {
    this.session = session;
  }

  @Command(
      description = {
        "Says what an image is and whether it may be used.",
        "Exit code 8 when it may not be, 0 when it may."
      })
  int inspect(
      @Parameters(paramLabel = "IMAGE", description = IMAGE) String image,
      @Nullable @Option(names = "--format", paramLabel = "FORMAT", description = FORMAT)
          DiskFormat format)
      throws DiskException {
    Verdict verdict = inspect(ImageRequest.of(image).withFormat(format));
    String shown = Redaction.of(image);
    session
        .output()
        .write(
            out -> print(out, shown, verdict),
            json -> {
              json.writeStringField("image", shown);
              json.writeStringField("format", verdict.format().map(DiskFormat::id).orElse(null));
              json.writeStringField("detected", verdict.detected());
              if (verdict.virtualSize().isPresent()) {
                json.writeNumberField("virtualSize", verdict.virtualSize().getAsLong());
              } else {
                json.writeNullField("virtualSize");
              }
              json.writeBooleanField("safe", verdict.safe());
              Output.writeStrings(json, "reasons", verdict.reasons());
              Output.writeStrings(json, "features", verdict.features());
            });
    return verdict.safe() ? 0 : Reason.IMAGE_UNACCEPTABLE.exitCode();
  }

  /** What the image source already refuses, such as an empty file, is a verdict too. */
  private Verdict inspect(ImageRequest request) throws DiskException {
    try {
      return session.diskwright().inspect(request, session.poolName(), session.shortCall());
    } catch (ImageUnacceptableException e) {
      return new Verdict(
          Verdict.UNKNOWN,
          Optional.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          List.of(e.detail()),
          List.of());
    }
  }

  private static void print(PrintWriter out, String image, Verdict verdict) {
    TextTable table = new TextTable(2);
    table.row("image", image);
    table.row("format", verdict.format().map(DiskFormat::id).orElse(verdict.detected()));
    table.row(
        "virtual size",
        verdict.virtualSize().isPresent()
            ? Bytes.exact(verdict.virtualSize().getAsLong())
            : "unknown");
    table.row("safe", verdict.safe() ? "yes" : "no");
    String label = "reasons";
    for (String reason : verdict.reasons()) {
      table.row(label, reason);
      label = "";
    }
    if (!verdict.features().isEmpty()) {
      table.row("features", String.join(", ", verdict.features()));
    }
    table.print(out);
  }

  @Command(description = "Fills a pool's base of an image ahead of use, or finds it.")
  int pull(
      @Parameters(paramLabel = "IMAGE", description = IMAGE) String image,
      @Nullable @Option(names = "--format", paramLabel = "FORMAT", description = FORMAT)
          DiskFormat format,
      @Nullable
          @Option(
              names = "--digest",
              paramLabel = "DIGEST",
              description = "The digest of the image's bytes, such as sha256:1f3a…")
          Digest digest,
      @Nullable
          @Option(
              names = "--digest-file",
              paramLabel = "FILE",
              description = "A file beside the image that lists its digest, such as SHA256SUMS.")
          String digestFile,
      @Nullable
          @Option(
              names = "--fallback-host",
              paramLabel = "HOST",
              description = DiskRequestOptions.FALLBACK_HOST)
          FallbackHost fallbackHost)
      throws DiskException {
    ImageRequest request =
        ImageRequest.of(image).withFormat(format).withDigest(digest).withDigestFile(digestFile);
    Call call = session.longCall();
    BaseRecord base =
        fallbackHost == null
            ? session.pool().pull(request, call)
            : session.pool().pull(request, fallbackHost, call);
    String pool = session.poolName().value();
    session
        .output()
        .write(
            out ->
                new TextTable(2)
                    .row("base", base.key().value())
                    .row("pool", pool)
                    .row("image", base.image())
                    .row("format", base.format().id())
                    .row("virtual size", Bytes.exact(base.virtualSize()))
                    .row("verified", base.verified())
                    .print(out),
            json -> {
              json.writeStringField("pool", pool);
              json.writeFieldName("base");
              BaseView.write(json, base);
            });
    return 0;
  }
}
