package io.headwater.driver.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.corpus.shard.Corpus;
import io.headwater.driver.config.RunConfig;
import io.headwater.driver.config.TrainingSection;
import io.headwater.model.Batch;
import io.headwater.model.Execution;
import io.headwater.model.Pretrainable;
import io.headwater.worker.Examples;
import java.util.OptionalDouble;

/**
 * What one micro-batch of a run takes, tried out on this machine with the run's own model and
 * corpus.
 *
 * @param layout of the model's parameters
 * @param seconds of forward and backward passes, the least of some
 * @param tokens of the micro-batch
 * @param nativeBytes that the process grew by: parameters, gradients, activations
 */
record Measurement(TensorLayout layout, double seconds, int tokens, long nativeBytes) {
  private static final int ROUNDS = 3;

  /**
   * Computes a few gradients.
   *
   * @param givenSeconds of a micro-batch elsewhere; nothing is timed then
   * @throws UserException if the corpus or the device is not there
   */
  static Measurement of(RunConfig config, OptionalDouble givenSeconds) {
    TrainingSection training = config.training();
    int rows = training.batchSize() / training.microBatches();
    try (Corpus corpus = Corpus.open(config.corpus())) {
      ObjectNode json = config.model().json(corpus.tokenizer().vocabularySize());
      Batch batch = Examples.training(corpus, json, training.seed()).read(0, rows);
      Execution execution = givenSeconds.isPresent() ? Execution.CPU : training.execution();
      long before = ResidentMemory.bytes();
      try (Pretrainable model = config.model().family().pretrainable(json, execution)) {
        model.initialize(training.seed());
        double seconds = givenSeconds.orElseGet(() -> time(model, batch));
        long grown = Math.max(0, ResidentMemory.peakBytes() - before);
        return new Measurement(model.layout(), seconds, batch.tokens(), grown);
      }
    } catch (OutOfMemoryError e) {
      throw new UserException(
          "Cannot plan the run: this machine cannot hold one worker's model of "
              + config.model().preset(),
          e);
    }
  }

  private static double time(Pretrainable model, Batch batch) {
    double least = Double.POSITIVE_INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
      long begin = System.nanoTime();
      model.gradient(batch);
      least = Math.min(least, (System.nanoTime() - begin) * 1e-9);
    }
    return least;
  }
}
