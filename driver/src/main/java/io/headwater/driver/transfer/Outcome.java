package io.headwater.driver.transfer;

import io.headwater.finetune.FineTuneReport;
import io.headwater.finetune.SeededRuns.Spread;
import io.headwater.finetune.Trained;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * One fine-tuning run of the comparison.
 *
 * @param seed of draw, order and new weights
 * @param examples trained on
 * @param measure name of the score
 * @param score of the last epoch on the evaluation file
 * @param epochs what was scored on the way
 */
record Outcome(long seed, int examples, String measure, double score, List<Epoch> epochs) {
  /**
   * @param steps optimizer steps from the beginning to its end
   * @param seconds of training
   */
  record Epoch(long steps, double seconds, double score) {}

  static Outcome of(long seed, FineTuneReport report) {
    return new Outcome(
        seed,
        report.trainExamples(),
        report.scores().mainName(),
        report.scores().main(),
        report.training().epochs().stream().map(Outcome::epoch).toList());
  }

  private static Epoch epoch(Trained.Epoch epoch) {
    return new Epoch(epoch.steps(), epoch.seconds(), epoch.scores().orElseThrow().main());
  }

  /** The epoch with the best score; the first of several. */
  Epoch best() {
    return epochs.stream().max(Comparator.comparingDouble(Epoch::score)).orElseThrow();
  }

  /** The first epoch that scores at least so much. */
  Optional<Epoch> reaching(double wanted) {
    return epochs.stream().filter(epoch -> epoch.score() >= wanted).findFirst();
  }

  Epoch last() {
    return epochs.get(epochs.size() - 1);
  }

  static Spread spread(List<Outcome> runs, ToDoubleFunction<Outcome> figure) {
    return Spread.of(runs.stream().mapToDouble(figure).toArray());
  }
}
