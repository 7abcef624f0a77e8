package io.headwater.corpus.words;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SegmentationTest {
  @Test
  void blanksDivideWords() {
    assertThat(Segmentation.BLANKS.segmenter().words(" a\tb,  c\r"))
        .containsExactly("a", "b,", "c");
  }

  @Test
  void wordsThatAreOneAreJoinedTheLongestFirst() {
    Segmenter segmenter =
        Segmentation.BLANKS.segmenter().joining(Set.of("new_york", "york_city", "a_b_c_d", "b_c"));

    assertThat(segmenter.words("in new york city new a b c new york"))
        .containsExactly("in", "new_york", "city", "new", "a", "b_c", "new_york");
    assertThat(segmenter.words("a b c d york city")).containsExactly("a_b_c_d", "york_city");
    assertThat(segmenter.words("")).isEmpty();
    assertThat(Segmenter.isJoined("new_york")).isTrue();
    assertThat(Segmenter.isJoined("_york")).isFalse();
    assertThat(Segmenter.isJoined("new_")).isFalse();
  }

  @Test
  void aCharacterIsAWordAndSoIsARunOfLetters() {
    assertThat(Segmentation.CHARACTERS.segmenter().words("床有2M宽，cafe\u0301 𠀀不错!ok"))
        .containsExactly("床", "有", "2M", "宽", "cafe\u0301", "𠀀", "不", "错", "ok");
  }

  @Test
  void findsChineseWordsLineAfterLine() {
    Segmenter segmenter = Segmentation.CHINESE.segmenter();
    assertThat(segmenter.words("我购买了道具和服装。")).containsExactly("我", "购买", "了", "道具", "和", "服装");
    assertThat(segmenter.words("")).isEmpty();
    assertThat(segmenter.words("酒店的服务员态度很好,wifi OK!"))
        .containsExactly("酒店", "的", "服务员", "态度", "很", "好", "wifi", "ok");
  }

  /** The library's marks must not be taken for words, nor lose any. */
  @Test
  void hotelReviewsHaveNoMarksAndLoseNoCharacter() throws IOException {
    Path file =
        Path.of(System.getProperty("headwater.data"))
            .resolve("chnsenticorp-htl/ChnSentiCorp_htl_all.csv");
    assumeThat(file).as("the hotel reviews of chnsenticorp-htl are not there").exists();
    Segmenter chinese = Segmentation.CHINESE.segmenter();
    Segmenter characters = Segmentation.CHARACTERS.segmenter();
    List<String> lines = Files.readAllLines(file).subList(1, 200);
    for (String line : lines) {
      String words = String.join("", chinese.words(line));
      assertThat(words.codePoints().filter(Character::isIdeographic).count())
          .as(line)
          .isEqualTo(line.codePoints().filter(Character::isIdeographic).count());
      assertThat(characters.words(line)).noneMatch(word -> word.matches("\\p{P}+"));
    }
  }

  @Test
  void refusesAnUnknownName() {
    assertThatThrownBy(() -> Segmentation.named("jieba"))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith("must be one of blanks, characters, chinese");
  }
}
