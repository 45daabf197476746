package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.call;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.inspect.ImageInspector;
import io.diskwright.core.inspect.InspectionRules;
import io.diskwright.core.inspect.Verdict;
import io.diskwright.core.source.FileSourceProvider;
import io.diskwright.it.support.Host;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.PoolScan;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import io.diskwright.toolkit.os.NativeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a qcow2's tables say it takes as raw is never less than it then takes. */
class AllocatedBytesIT {
  private static final long MIB = 1024 * 1024;

  /** What a file system may count as a file's, besides its bytes. */
  private static final long TABLES = 64 * 1024;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "'', 1.2",
    "-o compat=0.10, 1.2",
    "-c, 1.2",
    "-c -o cluster_size=4k, 1.2",
    "-o cluster_size=512, 10",
    "-o cluster_size=2M, 6",
    "'-o extended_l2=on,cluster_size=128k', 1.2",
    "'-o extended_l2=on,cluster_size=16k', 10",
    "-o preallocation=metadata, 10",
    "-o preallocation=full, 10"
  })
  void noBaseTakesMoreThanItsTablesSaid(String options, double most) throws Exception {
    Path raw = Images.raw(folder.resolve("image.raw"), 1, 33 * MIB + 512);
    Path image = folder.resolve("image.qcow2");
    List<Object> arguments = new ArrayList<>(List.of("convert", "-f", "raw", "-O", "qcow2"));
    arguments.addAll(List.of(options.split(" ", -1)));
    arguments.removeIf(""::equals);
    arguments.addAll(List.of(raw, image));
    Tools.run("qemu-img", arguments.toArray());

    long told = inspect(image).allocatedBytes().orElseThrow();
    try (Host host = Host.open(folder.resolve("pool"), "raw")) {
      host.create("disk", image);
      try (NativeFile base = NativeFile.openRead(PoolScan.baseFiles(host.poolFolder()).get(0))) {
        long taken = base.allocated() - TABLES;
        assertThat(told).isBetween(taken, (long) (most * taken));
      }
    }
  }

  private static Verdict inspect(Path image) throws IOException {
    ImageRequest request = ImageRequest.of(image.toString());
    try (ImageSource source = new FileSourceProvider().open(Settings.builder().build());
        ImageData data = source.open(source.resolve(request, call()), call())) {
      return new ImageInspector()
          .inspectWithTables(
              data.content().orElseThrow(),
              Optional.empty(),
              InspectionRules.all(Long.MAX_VALUE),
              call());
    }
  }
}
