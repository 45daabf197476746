package io.diskwright.it.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.inspect.ImageInspector;
import io.diskwright.core.inspect.InspectionRules;
import io.diskwright.core.inspect.Verdict;
import io.diskwright.it.support.Host;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.toolkit.os.FileContent;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.qcow2.Qcow2Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images that were changed at random: each one that we accept QEMU understands as we do, reads as
 * we do where we read it ourselves, and converting it touches nothing else.
 */
class MutatedImagesIT {
  private static final Logger LOG = LoggerFactory.getLogger(MutatedImagesIT.class);
  private static final int TIMES = Integer.getInteger("diskwright.mutations", 200);
  private static final int CONVERTED = 10;
  private static final long MIB = 1024 * 1024;
  private static final Pattern VIRTUAL_SIZE = Pattern.compile("\"virtual-size\": ([0-9]+)");
  private static final Pattern FORMAT = Pattern.compile("\"format\": \"([a-z0-9]+)\"");
  private static final int[] VALUES = {0, 1, 0x7f, 0x80, 0xff};

  /** Parts that say something; what is between them is the guest's, or nobody's. */
  private static final int[] PARTS = {0, 512, 1024, 65_536, 131_072, 196_608, 262_144};

  @TempDir Path folder = Path.of("");
  private int comparedWithQemu;

  private ImageFile made(String format, String options) throws Exception {
    Path raw = Images.raw(folder.resolve("raw"), 7, MIB + 3 * 512);
    Path file = folder.resolve("made");
    Tools.run(
        "qemu-img",
        Stream.concat(
                Stream.of("convert", "-f", "raw", "-O", format),
                Stream.concat(Stream.of(options.split(" ", -1)), Stream.of(raw, file)))
            .filter(argument -> !argument.toString().isEmpty())
            .toArray());
    ImageFile image = ImageFile.of(Files.readAllBytes(file));
    Files.delete(raw);
    Files.delete(file);
    return image;
  }

  private static ImageFile mutated(byte[] bytes, String format, Random random) {
    ImageFile image = ImageFile.of(bytes.clone());
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      int at =
          PARTS[random.nextInt(PARTS.length)] + random.nextInt(random.nextBoolean() ? 96 : 512);
      boolean known = random.nextBoolean();
      int value = known ? VALUES[random.nextInt(VALUES.length)] : random.nextInt(256);
      if (at < bytes.length) {
        image.put(at, value);
      }
    }
    boolean seal = random.nextInt(4) > 0; // else what comes behind is never reached
    return switch (seal ? format : "") {
      case "vpc" -> image.sealVhd();
      case "vhdx" -> image.sealVhdx();
      default -> image;
    };
  }

  @ParameterizedTest
  @CsvSource({
    "qcow2, ''",
    "qcow2, '-o extended_l2=on,cluster_size=16k'",
    "qcow2, -c",
    "vmdk, ''",
    "vmdk, -o subformat=streamOptimized",
    "vpc, ''",
    "vhdx, '-o block_size=1M'",
    "vdi, ''",
  })
  void whatWeAcceptQemuUnderstandsAsWeDo(String format, String options) throws Exception {
    byte[] whole = made(format, options).bytes();
    Random random = new Random((format + options).hashCode());
    Path image = folder.resolve("images").resolve("image");
    Files.createDirectory(image.getParent());
    int accepted = 0;
    try (Host host = Host.open(folder.resolve("pool"), "raw")) {
      for (int i = 0; i < TIMES; i++) {
        mutated(whole, format, random).write(image);
        Verdict verdict = inspect(host, image);
        if (verdict.safe()) {
          assertQemuAgrees(image, format, verdict, i);
          if (format.equals("qcow2")) {
            assertQemuReadsTheSame(image, i);
          }
          if (accepted++ % Math.max(1, TIMES / CONVERTED) == 0) {
            assertConvertsInItsCage(host, image, i);
          }
        }
      }
      assertThat(host.leftOvers()).isEmpty();
    }
    LOG.info("{} {}: {} of {} mutations accepted", format, options, accepted, TIMES);
    if (format.equals("qcow2") && options.isEmpty()) {
      LOG.info("{} of them read here as by QEMU", comparedWithQemu);
      assertThat(comparedWithQemu).isPositive();
    }
    assertThat(accepted).isBetween(1, TIMES);
  }

  private static Verdict inspect(Host host, Path image) throws DiskException {
    return host.diskwright()
        .inspect(ImageRequest.of(image.toString()), new PoolName("pool"), Host.call());
  }

  private static void assertQemuAgrees(Path image, String format, Verdict verdict, int number)
      throws Exception {
    String info = Tools.run("qemu-img", "info", "--output=json", "-f", format, image);
    assertThat(DiskFormat.of(found(FORMAT, info)))
        .as(info)
        .isEqualTo(verdict.format().orElseThrow());
    assertThat(Long.parseLong(found(VIRTUAL_SIZE, info)))
        .as("mutation %d: %s", number, info)
        .isEqualTo(verdict.virtualSize().orElseThrow());
    assertThat(info).doesNotContain("backing-filename", "data-file\":");
  }

  private void assertQemuReadsTheSame(Path image, int number) throws Exception {
    InspectionRules rules = InspectionRules.all(Long.MAX_VALUE);
    Path theirs = folder.resolve("theirs");
    try (NativeFile file = NativeFile.openRead(image);
        Content bytes = new FileContent(file, Files.size(image), "read")) {
      Verdict verdict =
          new ImageInspector()
              .inspectWithTables(bytes, Optional.of(DiskFormat.QCOW2), rules, Host.call());
      if (verdict.plainClusters()) {
        Content ours = Qcow2Content.of(bytes, "read");
        ByteBuffer all = ByteBuffer.allocate((int) ours.size());
        assertThat(ours.read(0, all)).isEqualTo(all.limit());
        Tools.run("qemu-img", "convert", "-f", "qcow2", "-O", "raw", image, theirs);
        assertThat(all.array()).as("mutation %d", number).isEqualTo(Files.readAllBytes(theirs));
        Files.delete(theirs);
        comparedWithQemu++;
      }
    }
  }

  private static String found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return matcher.group(1);
  }

  /** It may fail, for data that cannot be unpacked, but then it leaves nothing. */
  private void assertConvertsInItsCage(Host host, Path image, int number) throws IOException {
    try {
      boolean created = host.create("disk" + number, image).created();
      assertThat(created).isTrue();
    } catch (DiskException e) {
      LOG.info("mutation {} is accepted and cannot be converted: {}", number, e.getMessage());
    }
    try (Stream<Path> files = Files.list(image.getParent())) {
      assertThat(files.toList()).containsExactly(image);
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<String> names = files.map(file -> String.valueOf(file.getFileName())).toList();
      assertThat(names).containsExactlyInAnyOrder("images", "pool");
    }
  }
}
