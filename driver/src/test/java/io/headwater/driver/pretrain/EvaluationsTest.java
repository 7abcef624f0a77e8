package io.headwater.driver.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.driver.pretrain.ValidationParts.Part;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class EvaluationsTest {
  private final Map<Long, Double> heard = new TreeMap<>();
  private final Evaluations evaluations =
      new Evaluations(
          2, (step, loss) -> assertThat(heard.put(step, loss)).as("heard twice").isNull());

  @Test
  void tellsTheMeanOverAllPredictionsOnceAllPartsAreIn() {
    evaluations.take(List.of(new Part(10, 1, 6, 3)));
    assertThat(heard).isEmpty();
    evaluations.take(List.of(new Part(10, 1, 6, 3), new Part(10, 0, 4, 1)));
    assertThat(heard).containsExactly(Map.entry(10L, 2.5));
  }

  @Test
  void takesWhatComesAgainAndOutOfOrder() {
    List<Part> first = List.of(new Part(10, 0, 4, 1), new Part(20, 1, 2, 1));
    evaluations.take(first);
    evaluations.take(first);
    evaluations.take(List.of(new Part(20, 0, 2, 3), new Part(20, 1, 2, 1)));
    evaluations.take(List.of(new Part(20, 0, 2, 3), new Part(10, 1, 4, 1)));
    assertThat(heard).containsExactly(Map.entry(10L, 4.0), Map.entry(20L, 1.0));
  }

  @Test
  void whatALostWorkerHadMeasuredCountsOnce() {
    evaluations.take(List.of(new Part(10, 0, 4, 1), new Part(10, 0, 4, 1)));
    assertThat(heard).isEmpty();
  }
}
