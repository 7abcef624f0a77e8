package io.headwater.driver.text;

import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.UserException;
import io.headwater.model.Decoding;
import io.headwater.model.Execution;
import io.headwater.model.LanguageModel;
import io.headwater.model.ModelFamily;
import io.headwater.model.generation.Limits;
import io.headwater.model.generation.Strategy;
import java.util.List;

/**
 * Has a language model write.
 *
 * @param tokens of a text at most; an end of text ends it before
 * @param strategy by which tokens are chosen
 */
public record TextGeneration(int tokens, Strategy strategy, Execution execution) {
  /**
   * What was written, and how long it took.
   *
   * @param texts what follows each prompt
   * @param tokens written in all
   * @param seconds of reading and writing, without loading the model
   */
  public record Result(List<String> texts, long tokens, double seconds) {
    public Result {
      texts = List.copyOf(texts);
    }
  }

  /**
   * Writes after each prompt, all at the same time.
   *
   * @param prompts may be empty texts for a GPT; what a T5 is to read, with {@code <extra_id_0>}
   *     for a part left out
   * @throws UserException if the checkpoint is damaged or cannot spell a prompt
   */
  public Result run(String checkpoint, List<String> prompts) {
    try (Checkpoint weights = Checkpoint.open(checkpoint);
        ModelText text = ModelText.of(weights);
        LanguageModel model =
            ModelFamily.of(weights.config()).languageModel(weights.config(), execution)) {
      Limits limits = text.limits(tokens, model.endOfText());
      List<int[]> read = prompts.stream().map(text::read).toList();
      weights.readWeights(model.parameters());
      long begin = System.nanoTime();
      try (Decoding decoding = model.decode(read, tokens)) {
        List<int[]> written = strategy.write(decoding, limits);
        return new Result(
            written.stream().map(text::write).toList(),
            written.stream().mapToLong(each -> each.length).sum(),
            (System.nanoTime() - begin) * 1e-9);
      }
    }
  }
}
