package io.diskwright.backend.lvm.lvm2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When metadata stands for an answer; lvm2's answers are given here. */
class FromMetadataTest {
  private static final Call CALL = Call.within(Duration.ofMinutes(1));

  @TempDir Path folder = Path.of("");

  private Path device = Path.of("");
  private String answer = "";
  private int asked;

  private final FromMetadata<String> from =
      new FromMetadata<>(
          () -> List.of(MetadataMark.read(device)),
          marks -> marks.get(0).flatMap(mark -> mark.text(device)),
          call -> {
            asked++;
            return answer;
          },
          String::equals);

  @BeforeEach
  void commit() throws IOException {
    device = folder.resolve("pv");
    commit("one");
  }

  private void commit(String text) throws IOException {
    answer = text;
    PhysicalVolume.write(device, text.getBytes(UTF_8), 512);
  }

  private String get() throws DiskException {
    return from.get(CALL);
  }

  @Test
  void whatProvedRightIsReadFromThenOn() throws Exception {
    assertThat(get()).isEqualTo("one");
    assertThat(get()).isEqualTo("one");
    commit("two");
    assertThat(get()).isEqualTo("two");
    assertThat(asked).isEqualTo(1);
  }

  @Test
  void whatProvedWrongIsNeverReadAgain() throws Exception {
    answer = "lvm2 knows better";
    assertThat(get()).isEqualTo("lvm2 knows better");
    assertThat(get()).isEqualTo("lvm2 knows better");
    assertThat(asked).isEqualTo(1);

    commit("two");
    assertThat(get()).isEqualTo("two");
    commit("three");
    assertThat(get()).isEqualTo("three");
    assertThat(asked).isEqualTo(3);
  }

  @Test
  void aQuestionThatIsAskedAnyhowIsAProof() throws Exception {
    assertThat(get()).isEqualTo("one");
    commit("two");
    answer = "lvm2 knows better";
    assertThat(from.ask(CALL)).isEqualTo("lvm2 knows better");
    commit("three");
    assertThat(get()).isEqualTo("three");
    assertThat(asked).isEqualTo(3);
  }

  @Test
  void whatCannotBeReadIsAsked() throws Exception {
    assertThat(get()).isEqualTo("one");
    PhysicalVolume.damage(device);
    answer = "two";
    assertThat(get()).isEqualTo("two");
    device = folder.resolve("none");
    assertThat(get()).isEqualTo("two");
    assertThat(get()).isEqualTo("two");
    assertThat(asked).isEqualTo(4);
  }

  @Test
  void whatChangesMeanwhileProvesNothing() throws Exception {
    FromMetadata<String> changing =
        new FromMetadata<>(
            () -> List.of(MetadataMark.read(device)),
            marks -> Optional.of("read"),
            call -> {
              asked++;
              try {
                commit("change " + asked);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
              return answer;
            },
            (read, said) -> true);

    assertThat(changing.get(CALL)).isEqualTo("change 1");
    assertThat(changing.get(CALL)).isEqualTo("change 2");
  }
}
