package io.headwater.worker;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.corpus.shard.Corpus;
import io.headwater.corpus.shard.Split;
import io.headwater.corpus.shard.TokenWindows;
import io.headwater.model.Batch;
import io.headwater.model.ModelFamily;
import io.headwater.model.Objective;
import io.headwater.model.t5.SpanTokens;

/**
 * The examples that a model is pretrained on or scored with: sample {@code i} is a function of
 * (corpus, objective, seed, i) alone, so that any worker reads any of them. One thread.
 */
public interface Examples {
  /** Samples that cover a split once. */
  long perEpoch();

  /**
   * Samples [first, first + rows) side by side.
   *
   * @param first from 0; beyond {@link #perEpoch()} the next epoch of training begins
   */
  Batch read(long first, int rows);

  /**
   * Shuffled examples of the training split.
   *
   * @param model {@code config.json}
   * @throws io.headwater.checkpoint.UserException if the corpus does not suit the model
   */
  static Examples training(Corpus corpus, JsonNode model, long seed) {
    ModelFamily family = ModelFamily.of(model);
    int contextLength = family.contextLength(model);
    Objective objective = family.objective(model);
    if (objective.causal()) {
      TokenWindows windows = new TokenWindows(corpus.split(Split.TRAIN), contextLength, seed);
      return NextTokenExamples.of(corpus, objective, windows, contextLength, seed);
    }
    if (objective == Objective.SPAN_CORRUPTION) {
      int text = SpanCorruption.longestText(contextLength);
      TokenWindows windows = new TokenWindows(corpus.split(Split.TRAIN), text, seed);
      return new SpanExamples(windows, text, SpanTokens.of(model), seed);
    }
    return MaskedExamples.of(corpus, Split.TRAIN, objective, contextLength, seed, true);
  }

  /** All examples of the validation split, in order. */
  static Examples validation(Corpus corpus, JsonNode model) {
    ModelFamily family = ModelFamily.of(model);
    int contextLength = family.contextLength(model);
    Objective objective = family.objective(model);
    if (objective.causal()) {
      TokenWindows windows = TokenWindows.sequential(corpus.split(Split.VALIDATION), contextLength);
      return NextTokenExamples.of(corpus, objective, windows, contextLength, 0);
    }
    if (objective == Objective.SPAN_CORRUPTION) {
      int text = SpanCorruption.longestText(contextLength);
      TokenWindows windows = TokenWindows.sequential(corpus.split(Split.VALIDATION), text);
      return new SpanExamples(windows, text, SpanTokens.of(model), 0);
    }
    return MaskedExamples.of(corpus, Split.VALIDATION, objective, contextLength, 0, false);
  }
}
