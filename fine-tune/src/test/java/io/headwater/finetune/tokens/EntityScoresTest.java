package io.headwater.finetune.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.finetune.Scores;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Expected entities and figures are worked out by hand, by conlleval's rules. */
class EntityScoresTest {
  @Test
  void anEntityEndsWhereTheNextBegins() {
    assertThat(Entity.of(tags("B-PER I-PER B-PER O B-LOC I-LOC")))
        .containsExactly(new Entity("PER", 0, 2), new Entity("PER", 2, 3), new Entity("LOC", 4, 6));
  }

  @Test
  void anInsideWithoutABeginningBeginsOne() {
    assertThat(Entity.of(tags("O I-PER I-PER O I-LOC")))
        .containsExactly(new Entity("PER", 1, 3), new Entity("LOC", 4, 5));
  }

  @Test
  void anotherTypeBeginsAnother() {
    assertThat(Entity.of(tags("B-PER I-LOC I-LOC I-PER")))
        .containsExactly(new Entity("PER", 0, 1), new Entity("LOC", 1, 3), new Entity("PER", 3, 4));
  }

  @Test
  void wholeEntitiesAreCounted() {
    EntityScores counts = new EntityScores();
    // Right: LOC. The PER is found too short: a wrong one, and a missed one.
    counts.add(tags("B-PER I-PER O B-LOC"), tags("B-PER O O B-LOC"));
    // An ORG is called a LOC.
    counts.add(tags("B-ORG I-ORG"), tags("B-LOC I-LOC"));
    // Right: PER; one where there is none.
    counts.add(tags("O B-PER O"), tags("B-LOC B-PER O"));
    Scores scores = counts.scores();
    assertThat(scores.examples()).isEqualTo(3);
    // Predicted: PER LOC LOC LOC PER; actual: PER LOC ORG PER; right: LOC PER.
    assertThat(scores.measure("precision")).isCloseTo(2.0 / 5, within(1e-12));
    assertThat(scores.measure("recall")).isCloseTo(2.0 / 4, within(1e-12));
    assertThat(scores.measure("f1")).isCloseTo(2 * 0.4 * 0.5 / 0.9, within(1e-12));
    assertThat(scores.measure("f1_PER")).isCloseTo(0.5, within(1e-12));
    assertThat(scores.measure("f1_LOC")).isCloseTo(2.0 / (3 + 1), within(1e-12));
    assertThat(scores.measure("f1_ORG")).isZero();
    assertThat(scores.measure("accuracy")).isCloseTo(5.0 / 9, within(1e-12));
    assertThat(scores.mainName()).isEqualTo("f1");
  }

  @Test
  void nothingFoundIsNothingRight() {
    EntityScores counts = new EntityScores();
    counts.add(tags("B-PER"), tags("O"));
    Scores scores = counts.scores();
    assertThat(scores.measure("f1")).isZero();
    assertThat(scores.measure("precision")).isZero();
  }

  private static List<String> tags(String text) {
    return List.of(text.split(" "));
  }
}
