package io.diskwright.backend.lvm.lvm2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records survive being tags. */
class RecordTagsTest {
  private static SortedMap<String, String> record(String... pairs) {
    SortedMap<String, String> record = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      record.put(pairs[i], pairs[i + 1]);
    }
    return record;
  }

  @Test
  void aRecordComesBackFromItsTags() {
    SortedMap<String, String> record =
        record("name", "web-1", "asked.image", "https://x/ä b?c=d,e", "empty", "", "odd =:+", "%");

    assertThat(RecordTags.parse(RecordTags.format(record))).isEqualTo(record);
  }

  @Test
  void tagsHoldOnlyWhatTheyMay() {
    String every =
        IntStream.range(1, 0x180).mapToObj(Character::toString).collect(Collectors.joining());

    assertThat(RecordTags.format(record("odd =:+ä", every)))
        .isNotEmpty()
        .allSatisfy(
            tag -> {
              assertThat(tag).matches("[A-Za-z0-9_+./=!:&#-]+").startsWith("dw:");
              assertThat(tag.length()).isLessThanOrEqualTo(1024);
            });
  }

  @Test
  void longValuesComeBackFromTheirPartsInAnyOrder() {
    Random random = new Random(6);
    String value =
        random.ints(5_000, 0x20, 0x250).mapToObj(Character::toString).collect(Collectors.joining());
    List<String> tags = new ArrayList<>(RecordTags.format(record("image", value, "key", "k")));
    Collections.shuffle(tags, random);

    assertThat(tags).hasSizeGreaterThan(10);
    assertThat(RecordTags.parse(tags)).isEqualTo(record("image", value, "key", "k"));
  }

  @Test
  void tagsOfOthersArePassedOver() {
    assertThat(RecordTags.parse(List.of("backup", "dwarf:x=y", "owner=me", "dw:key=k")))
        .isEqualTo(Map.of("key", "k"));
    assertThat(RecordTags.parse(List.of("backup"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dw:",
        "dw:x",
        "dw:=y",
        "dw:x:a=y",
        "dw:x:1=y",
        "dw:x=+4",
        "dw:x=+GG",
        "dw:x:-1=y"
      })
  void malformedTagsAreToldApart(String tag) {
    assertThatThrownBy(() -> RecordTags.parse(List.of(tag)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
