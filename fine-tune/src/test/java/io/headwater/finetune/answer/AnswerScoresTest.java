package io.headwater.finetune.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Expected figures are worked out by hand, by the rules of SQuAD's evaluation script. */
class AnswerScoresTest {
  @Test
  void normalAnswersHaveNoCasePunctuationArticlesOrMoreBlanks() {
    assertThat(AnswerScores.normal("  The Eiffel-Tower, a  tower!")).isEqualTo("eiffeltower tower");
    assertThat(AnswerScores.normal("Another theatre")).isEqualTo("another theatre");
    assertThat(AnswerScores.normal("the")).isEmpty();
  }

  @Test
  void f1IsOfSharedWordsCountedAsOftenAsBothHaveThem() {
    assertThat(AnswerScores.f1("in the year 1889", "1889")).isCloseTo(2.0 / 4, within(1e-12));
    assertThat(AnswerScores.f1("ha ha ha", "ha ha")).isCloseTo(4.0 / 5, within(1e-12));
    assertThat(AnswerScores.f1("red", "blue")).isZero();
    assertThat(AnswerScores.f1("", "")).isEqualTo(1);
    assertThat(AnswerScores.f1("", "blue")).isZero();
    assertThat(AnswerScores.f1("the", "")).isEqualTo(1);
  }

  @Test
  void theBestOfSeveralAnswersCounts() {
    AnswerScores scores = new AnswerScores();
    scores.add(question("Paris", "the city of Paris"), "City of Paris.");
    scores.add(question("Gustave Eiffel"), "Eiffel");
    scores.add(question(), "");
    scores.add(question(), "something");
    assertThat(scores.scores().measure("exact_match")).isEqualTo(2.0 / 4);
    assertThat(scores.scores().measure("f1")).isCloseTo((1 + 2.0 / 3 + 1 + 0) / 4, within(1e-12));
  }

  private static Question question(String... answers) {
    List<Question.Answer> given =
        Arrays.stream(answers).map(text -> new Question.Answer(text, 0)).toList();
    return new Question("q", "?", "context", given);
  }
}
