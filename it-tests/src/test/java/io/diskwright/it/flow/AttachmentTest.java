package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.diskwright.core.provision.Disk;
import io.diskwright.it.support.Host;
import io.diskwright.it.support.Images;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.qcow2.Qcow2Image;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * What machines are given is well-formed, wherever the pool is, and never guesses a format (P6).
 */
class AttachmentTest {
  @TempDir Path folder = Path.of("");

  private static Document xml(String text) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static Element child(Document document, String name) {
    return (Element) document.getElementsByTagName(name).item(0);
  }

  /** Reads the strings of an object and of the objects in it, such as {@code file.filename}. */
  private static Map<String, String> json(String text) throws IOException {
    Map<String, String> strings = new TreeMap<>();
    try (JsonParser parser = new JsonFactory().createParser(text)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.VALUE_STRING) {
          String path = parser.getParsingContext().pathAsPointer().toString();
          strings.put(path, parser.getText());
        }
      }
    }
    return strings;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "with space",
        "it's",
        "say \"hi\"",
        "a & b < c > d",
        "käse-日本-🧀",
        "back\\slash",
        "a,b=c:d",
        "%s {x} $y"
      })
  void oddFoldersAreNoMatter(String name) throws Exception {
    for (String backend : new String[] {"raw", "qcow2"}) {
      Path pool = folder.resolve(name + ' ' + backend);
      try (Host host = Host.open(pool, backend)) {
        Disk disk = host.blank("disk-1.x", 1024 * 1024).disk();
        String path = disk.path().orElseThrow().toString();

        assertThat(path).startsWith(pool.toString());
        assertThat(json(disk.qemuBlockdev("root")))
            .containsEntry("/driver", backend)
            .containsEntry("/node-name", "root")
            .containsEntry("/file/driver", "file")
            .containsEntry("/file/filename", path);
        Document document = xml(disk.libvirtDisk("vda"));
        assertThat(child(document, "source").getAttribute("file")).isEqualTo(path);
        assertThat(child(document, "driver").getAttribute("type")).isEqualTo(backend);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"vda, virtio", "sda, scsi", "hda, ide", "xvdb, virtio"})
  void theTargetSaysTheBus(String target, String bus) throws Exception {
    try (Host host = Host.open(folder.resolve("pool"), "raw")) {
      Disk disk = host.blank("disk", 1024).disk();

      Element element = child(xml(disk.libvirtDisk(target)), "target");

      assertThat(element.getAttribute("dev")).isEqualTo(target);
      assertThat(element.getAttribute("bus")).isEqualTo(bus);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "vd a", "a'/><x", "vda\n"})
  void aTargetThatIsNoneIsRefused(String target) throws IOException {
    try (Host host = Host.open(folder.resolve("pool"), "raw")) {
      Disk disk = host.blank("disk", 1024).disk();

      assertThatIllegalArgumentException().isThrownBy(() -> disk.libvirtDisk(target));
    }
  }

  @Test
  void aRawDiskStaysRawWhateverItsGuestWrites() throws Exception {
    Path image = Images.raw(folder.resolve("image"), 1, 4 << 20);
    Path header = folder.resolve("header");
    try (NativeFile file = NativeFile.createNew(header, 0600)) {
      Qcow2Image.blank(1L << 40, 65536, false).over("/etc/passwd", "raw").write(file);
    }
    try (Host host = Host.open(folder.resolve("pool"), "raw")) {
      Path file = host.create("disk", image).disk().path().orElseThrow();
      Images.overwrite(file, 0, Files.readAllBytes(header));

      Disk disk = host.pool().find(new DiskName("disk"), call()).orElseThrow();
      assertThat(disk.attachment().format()).isEqualTo(DiskFormat.RAW);
      assertThat(disk.record().size()).isEqualTo(4 << 20);
      assertThat(json(disk.qemuBlockdev("root"))).containsEntry("/driver", "raw");
      assertThat(child(xml(disk.libvirtDisk("vda")), "driver").getAttribute("type"))
          .isEqualTo("raw");

      assertThat(host.pool().resize(new DiskName("disk"), 5 << 20, call()).disk().size())
          .isEqualTo(5 << 20);
      assertThat(Files.size(file)).isEqualTo(5 << 20);
      assertThat(host.create("disk", image).created()).isFalse();
      Path copy = folder.resolve("copy.raw");
      host.pool().extract(new DiskName("disk"), DiskFormat.RAW, copy, call());
      assertThat(Files.mismatch(copy, file)).isEqualTo(-1);
    }
  }
}
