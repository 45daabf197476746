package io.diskwright.source.openstack;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/** Reads the clouds of {@code clouds.yaml} or {@code secure.yaml}. */
final class CloudsFile {
  private static final int MOST_BYTES = 1024 * 1024;

  private CloudsFile() {}

  /**
   * Returns what is written of each cloud, by its name.
   *
   * @throws DiskException with reason {@code CONFIGURATION}; its message shows nothing of the file
   */
  static Map<String, Map<String, String>> read(Path file) throws DiskException {
    Object root;
    try {
      // All values are texts: a password may look like a number.
      LoadSettings settings =
          LoadSettings.builder()
              .setSchema(new FailsafeSchema())
              .setCodePointLimit(MOST_BYTES)
              .setAllowDuplicateKeys(false)
              .build();
      // One by one: to load an empty file as a single document fails with this schema.
      Iterator<Object> documents = new Load(settings).loadAllFromString(text(file)).iterator();
      root = documents.hasNext() ? documents.next() : "";
      if (documents.hasNext()) {
        throw wrong(file, "it is not one document of YAML", null);
      }
    } catch (YamlEngineException e) {
      throw wrong(file, "it is not valid YAML" + where(e), null);
    } catch (DiskException e) {
      throw e;
    } catch (NoSuchFileException e) {
      throw wrong(file, "it is not there", e);
    } catch (IOException e) {
      throw wrong(file, "it cannot be read: " + e.getMessage(), e);
    }
    Map<String, Map<String, String>> clouds = new LinkedHashMap<>();
    if (root instanceof Map<?, ?> top && top.get("clouds") instanceof Map<?, ?> all) {
      all.forEach(
          (name, cloud) -> {
            if (cloud instanceof Map<?, ?> values) {
              clouds.put(String.valueOf(name), flat(values));
            }
          });
    }
    return clouds;
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new IOException("it has more than %d bytes".formatted(MOST_BYTES));
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private static Map<String, String> flat(Map<?, ?> cloud) {
    Map<String, String> values = new LinkedHashMap<>();
    addTexts(cloud, values);
    if (cloud.get("auth") instanceof Map<?, ?> auth) {
      addTexts(auth, values);
    }
    return values;
  }

  private static void addTexts(Map<?, ?> from, Map<String, String> to) {
    from.forEach(
        (name, value) -> {
          if (value instanceof String text) {
            to.put(String.valueOf(name), text);
          }
        });
  }

  /** Not the exception's own words, which show a piece of the file: it may be a password. */
  private static String where(YamlEngineException e) {
    return e instanceof MarkedYamlEngineException marked
        ? marked.getProblemMark().map(mark -> " in line " + (mark.getLine() + 1)).orElse("")
        : "";
  }

  private static DiskException wrong(Path file, String said, @Nullable Exception cause) {
    DiskException.Builder failure =
        DiskException.of(Reason.CONFIGURATION, "read clouds")
            .resource(file.toString())
            .said(said)
            .remedy("mend the file, or name another one");
    return (cause == null ? failure : failure.cause(cause)).build();
  }
}
