package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.corpus.shard.Corpus;
import io.headwater.corpus.shard.Split;
import io.headwater.corpus.shard.TokenStream;
import io.headwater.driver.Launcher.Result;
import io.headwater.model.Execution;
import io.headwater.model.LanguageModel;
import io.headwater.model.ModelFamily;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The score of a checkpoint against one counted token by token, and what a run's files are. */
class EvaluationIT {
  /** Leaves some two thousand tokens for validation. */
  private static final double FRACTION = 0.002;

  @TempDir Path folder;

  @Test
  void lossIsTheMeanOverEveryTokenButTheFirst() throws Exception {
    Launcher headwater = new Launcher(folder);
    Shakespeare.ingest(folder.resolve("corpus"), FRACTION);
    Result run =
        headwater.run(
            "pretrain",
            "--model",
            "gpt-nano",
            "--corpus",
            "corpus",
            "--output",
            "run",
            "--steps",
            "10",
            "--json");
    assertThat(run.exitCode()).as("%s", run.err()).isZero();

    Result result =
        headwater.run(
            "evaluate", "--checkpoint", "run/step-00000010", "--corpus", "corpus", "--json");

    assertThat(result.exitCode()).as("%s", result.err()).isZero();
    JsonNode scores = result.json();
    double loss = countedLoss(scores.path("tokens").asLong());
    assertThat(scores.path("loss").asDouble()).isCloseTo(loss, within(1e-4));
    assertThat(scores.path("perplexity").asDouble()).isCloseTo(Math.exp(loss), within(1e-2));
    assertInspected(headwater);
  }

  private static void assertInspected(Launcher headwater) throws Exception {
    assertThat(kind(headwater, "corpus")).isEqualTo("corpus");
    assertThat(kind(headwater, "run")).isEqualTo("run");
    assertThat(kind(headwater, "run/step-00000010")).isEqualTo("checkpoint");
  }

  private static String kind(Launcher headwater, String path) throws Exception {
    Result result = headwater.run("inspect", path, "--json");
    assertThat(result.exitCode()).as("%s", result.err()).isZero();
    return result.json().path("kind").asText();
  }

  /** From the scores of one next token after another, in windows that do not overlap. */
  private double countedLoss(long expectedTokens) {
    try (Checkpoint checkpoint = Checkpoint.open(folder.resolve("run/step-00000010").toString());
        Corpus corpus = Corpus.open(folder.resolve("corpus").toString());
        LanguageModel model =
            ModelFamily.of(checkpoint.config())
                .languageModel(checkpoint.config(), new Execution("cpu", 1))) {
      checkpoint.readWeights(model.parameters());
      TokenStream validation = corpus.split(Split.VALIDATION);
      int[] tokens = new int[(int) validation.tokens()];
      validation.read(0, tokens.length, tokens, 0);
      assertThat(expectedTokens).isEqualTo(tokens.length - 1);
      double sum = 0;
      for (int target = 1; target < tokens.length; target++) {
        int start = (target - 1) / model.contextLength() * model.contextLength();
        sum +=
            negativeLogLikelihood(model, Arrays.copyOfRange(tokens, start, target), tokens[target]);
      }
      return sum / expectedTokens;
    }
  }

  private static double negativeLogLikelihood(LanguageModel model, int[] context, int target) {
    float[] logits = model.nextTokenLogits(context, new int[0]);
    double total = 0;
    for (float logit : logits) {
      total += Math.exp(logit);
    }
    return Math.log(total) - logits[target];
  }
}
