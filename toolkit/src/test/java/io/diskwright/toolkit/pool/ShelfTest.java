package io.diskwright.toolkit.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskwright.spi.DiskFormat;
import io.diskwright.toolkit.os.NativeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file is there when its record is, and only the file that the record was made for. */
class ShelfTest {
  @TempDir Path folder;
  private Shelf shelf;

  @BeforeEach
  void makeShelf() {
    shelf = new Shelf(folder, ".disk");
  }

  private Path put(String name, String content) throws IOException {
    try (Attempt attempt = shelf.attempt(name, DiskFormat.RAW)) {
      attempt
          .file()
          .write(0, ByteBuffer.wrap(content.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
      Map<String, String> record = Map.of("name", name, "storage-id", Shelf.storageId(attempt));
      assertThat(shelf.publish(attempt, name, record, true)).isTrue();
      return attempt.path();
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void whatIsPublishedIsFound() throws IOException {
    Path data = put("a", "content");

    assertThat(shelf.find("a").orElseThrow().data()).isEqualTo(data).hasContent("content");
    assertThat(shelf.find("b")).isEmpty();
    assertThat(shelf.list()).hasSize(1);
  }

  @Test
  void anAttemptIsNotFoundAndLeavesNothing() throws IOException {
    try (Attempt attempt = shelf.attempt("a", DiskFormat.RAW)) {
      attempt.file().truncate(1000);

      assertThat(shelf.find("a")).isEmpty();
      assertThat(shelf.list()).isEmpty();
      assertThat(files()).hasSize(1);
    }

    assertThat(files()).isEmpty();
  }

  @Test
  void anAttemptThatLivesIsLocked() throws IOException {
    try (Attempt attempt = shelf.attempt("a", DiskFormat.RAW);
        NativeFile sweeper = NativeFile.openWrite(attempt.path())) {
      assertThat(sweeper.tryLock(Attempt.LIVE_BYTE, 1, true)).isFalse();
    }
  }

  @Test
  void ofTwoOfOneNameTheFirstIsKept() throws IOException {
    Path first = put("a", "first");
    try (Attempt attempt = shelf.attempt("a", DiskFormat.RAW)) {
      Map<String, String> record = Map.of("storage-id", Shelf.storageId(attempt));

      assertThat(shelf.publish(attempt, "a", record, true)).isFalse();
    }

    assertThat(shelf.find("a").orElseThrow().data()).isEqualTo(first).hasContent("first");
    assertThat(files()).containsExactlyInAnyOrder(first, folder.resolve("a.disk"));
  }

  @Test
  void removingTakesRecordAndFile() throws IOException {
    put("a", "content");

    assertThat(remove("a")).isTrue();
    assertThat(remove("a")).isFalse();

    assertThat(files()).isEmpty();
  }

  @Test
  void aRecordThatWasCopiedToAnotherNameIsNotBelieved() throws IOException {
    put("a", "content");
    Files.copy(folder.resolve("a.disk"), folder.resolve("b.disk"));

    assertThatThrownBy(() -> shelf.find("b")).isInstanceOf(RecordFormatException.class);
    assertThat(remove("b")).isTrue();
    assertThat(shelf.find("a").orElseThrow().data()).hasContent("content");
  }

  @Test
  void aRecordOfAFileThatWasReplacedIsNotBelieved() throws IOException {
    Path data = put("a", "content");
    Path copy = Files.copy(data, folder.resolve("copy"));
    Files.delete(data);
    Files.move(copy, data);

    assertThatThrownBy(() -> shelf.find("a"))
        .isInstanceOf(RecordFormatException.class)
        .hasMessageContaining("another file");
  }

  @Test
  void aRecordWhoseFileIsGoneIsNotBelieved() throws IOException {
    Files.delete(put("a", "content"));

    assertThatThrownBy(() -> shelf.find("a"))
        .isInstanceOf(RecordFormatException.class)
        .hasMessageContaining("gone");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "storage-id=../../etc/passwd#1", "storage-id=/etc/passwd#1", "storage-id=#1",
        "storage-id=.hidden#1", "storage-id=", "name=a"
      })
  void aRecordThatNamesNoFileOfTheFolderIsNotBelieved(String line) throws IOException {
    Files.writeString(folder.resolve("a.disk"), "diskwright-record 1\n" + line + "\nend\n");

    assertThatThrownBy(() -> shelf.find("a")).isInstanceOf(RecordFormatException.class);
  }

  @Test
  void namesThatBeginAlikeAreApart() throws IOException {
    put("a", "1");
    put("a.b", "2");
    put("a.disk", "3");

    assertThat(shelf.find("a").orElseThrow().data()).hasContent("1");
    assertThat(shelf.find("a.b").orElseThrow().data()).hasContent("2");
    assertThat(shelf.find("a.disk").orElseThrow().data()).hasContent("3");
    assertThat(remove("a")).isTrue();
    assertThat(shelf.list()).hasSize(2);
  }

  @Test
  void whatCannotBeRemovedIsStillThere() throws IOException {
    Path data = put("a", "content");
    Path aside = Files.move(data, data.resolveSibling("aside"));
    Files.createFile(Files.createDirectory(data).resolve("in the way"));

    assertThatThrownBy(() -> remove("a")).isInstanceOf(IOException.class);
    Files.delete(data.resolve("in the way"));
    Files.delete(data);
    Files.move(aside, data);

    assertThat(shelf.find("a").orElseThrow().data()).hasContent("content");
    assertThat(files()).containsExactlyInAnyOrder(data, folder.resolve("a.disk"));
  }

  @Test
  void whatTookTheNameInTheMeantimeStays() throws IOException {
    Path first = put("a", "first");
    Path second;
    try (Withdrawn withdrawn = shelf.withdraw("a").orElseThrow()) {
      assertThat(withdrawn.data()).hasValue(first);
      second = put("a", "second");
    }

    assertThat(shelf.find("a").orElseThrow().data()).isEqualTo(second);
    assertThat(files()).containsExactlyInAnyOrder(first, second, folder.resolve("a.disk"));
  }

  private boolean remove(String name) throws IOException {
    Optional<Withdrawn> found = shelf.withdraw(name);
    if (found.isPresent()) {
      try (Withdrawn withdrawn = found.get()) {
        withdrawn.finish(false);
      }
    }
    return found.isPresent();
  }

  @Test
  void aFileThatGoesWhileItIsLookedAtDependsOnNothing() throws IOException {
    Path data = put("a", "content");
    try (Withdrawn withdrawn = shelf.withdraw("a").orElseThrow()) {
      Dependents dependents =
          Dependents.files(
              shelf,
              file -> {
                Files.deleteIfExists(data); // as the deletion does next
                throw new NoSuchFileException(file.toString());
              });

      assertThat(dependents.of(folder.resolve("base"))).isEmpty();
      withdrawn.finish(true);
    }
  }

  @Test
  void aFileOfADiskThatMayComeBackMustBeReadable() throws IOException {
    Path data = put("a", "content");
    try (Withdrawn withdrawn = shelf.withdraw("a").orElseThrow()) {
      assertThatThrownBy(
              () ->
                  Dependents.files(
                      shelf,
                      file -> {
                        throw new IOException("the device fails");
                      }))
          .hasMessage("the device fails");
      assertThat(data).exists();
      withdrawn.finish(true);
    }
  }
}
