package io.diskwright.cli;

import io.diskwright.core.discovery.LoadedProvider;
import io.diskwright.core.discovery.Providers;
import io.diskwright.spi.Spi;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    @Nullable String version = Version.class.getPackage().getImplementationVersion();
    List<String> lines = new ArrayList<>();
    lines.add("diskwright " + (version == null ? "unknown" : version));
    lines.add("SPI version " + Spi.VERSION);
    for (LoadedProvider<?> backend : Providers.load().backends()) {
      lines.add("backend %s %s, %s".formatted(backend.id(), backend.version(), backend.jar()));
    }
    return lines.stream().map(line -> line.replace("%", "%%")).toArray(String[]::new);
  }
}
