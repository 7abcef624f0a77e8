package io.headwater.driver.text;

import io.headwater.checkpoint.Checkpoint;
import io.headwater.corpus.shard.Corpus;
import io.headwater.driver.run.Progress;
import io.headwater.model.Batch;
import io.headwater.model.Execution;
import io.headwater.model.Measure;
import io.headwater.model.ModelFamily;
import io.headwater.model.Pretrainable;
import io.headwater.worker.Examples;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How well a language model predicts text it was not trained on.
 *
 * @param loss mean cross-entropy, in nats, of every token of the validation split but the first; of
 *     a masked language model, of the masked ones
 * @param perplexity e to the loss
 * @param tokens predicted
 * @param others what else the model's objective is scored by, such as accuracies
 */
public record LanguageModelEvaluation(
    double loss, double perplexity, long tokens, List<Measure> others, double seconds) {
  private static final int ROWS = 16;

  public LanguageModelEvaluation {
    others = List.copyOf(others);
  }

  /**
   * Reads the whole validation split.
   *
   * @throws io.headwater.checkpoint.UserException if checkpoint or corpus are damaged or do not
   *     belong together
   */
  public static LanguageModelEvaluation run(
      String checkpoint, String corpus, Execution execution, Progress progress) {
    long begin = System.nanoTime();
    Corpus.verify(corpus);
    try (Checkpoint weights = Checkpoint.open(checkpoint);
        Corpus data = Corpus.open(corpus)) {
      SameTokenizer.require("evaluate", weights, data.tokenizer().json(), corpus);
      ModelFamily family = ModelFamily.of(weights.config());
      Examples examples = Examples.validation(data, weights.config());
      try (Pretrainable model = family.pretrainable(weights.config(), execution)) {
        weights.readWeights(model.parameters());
        return evaluate(model, examples, progress, begin);
      }
    }
  }

  private static LanguageModelEvaluation evaluate(
      Pretrainable model, Examples examples, Progress progress, long begin) {
    long total = examples.perEpoch();
    progress.begin("evaluate", total, 0);
    Map<String, Measure> sums = new LinkedHashMap<>();
    for (long first = 0; first < total; first += ROWS) {
      Batch batch = examples.read(first, (int) Math.min(ROWS, total - first));
      for (Measure measure : model.measure(batch)) {
        sums.merge(measure.name(), measure, Measure::plus);
      }
      progress.update(Math.min(total, first + ROWS), "");
    }
    List<Measure> measures = List.copyOf(sums.values());
    Measure loss = measures.get(0);
    return new LanguageModelEvaluation(
        loss.mean(),
        Math.exp(loss.mean()),
        loss.count(),
        measures.subList(1, measures.size()),
        (System.nanoTime() - begin) * 1e-9);
  }
}
