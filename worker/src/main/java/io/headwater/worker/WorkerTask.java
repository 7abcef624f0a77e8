package io.headwater.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.corpus.shard.Corpus;
import io.headwater.model.ModelFamily;
import io.headwater.model.Pretrainable;
import io.headwater.ps.client.StepPlan;
import io.headwater.ps.client.WorkerClient;
import io.headwater.ps.protocol.RunEndedException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.MDC.MDCCloseable;

/** What a Spark task runs: one worker, from joining the run to its end. */
public final class WorkerTask {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerTask.class);

  /** In each log line of the thread: the steps that its weights have had. */
  private static final String STEP = "step";

  private WorkerTask() {}

  /**
   * Computes gradients until the run is finished. A worker that was started again and finds that
   * the others have finished it meanwhile has nothing to do, which is no failure.
   *
   * @param listener hears of what is measured on the validation split
   * @param departure of this process
   * @throws java.util.concurrent.CancellationException when the process is told to end
   * @throws io.headwater.ps.protocol.RunFailedException when the parameter server ends the run
   * @throws io.headwater.ps.protocol.ParameterServerException when a shard cannot be reached
   */
  public static void run(WorkerConfig config, ValidationListener listener, Departure departure) {
    int worker = config.server().worker();
    departure.arrive();
    try (MDCCloseable name = MDC.putCloseable("worker", Integer.toString(worker));
        MDCCloseable steps = MDC.putCloseable(STEP, "0")) {
      train(config, worker, listener, departure);
    } catch (RunEndedException e) {
      LOG.info("Worker {} came too late: {}", worker, e.getMessage());
    } finally {
      departure.leave();
    }
  }

  private static void train(
      WorkerConfig config, int worker, ValidationListener listener, Departure departure) {
    Metrics metrics = new Metrics(worker);
    try (Corpus corpus = Corpus.open(config.corpus());
        Pretrainable model = model(config);
        WorkerClient server = WorkerClient.connect(config.server());
        TrainingStep step =
            new TrainingStep(
                source(config, corpus, model, metrics), server, config.guarded(), metrics)) {
      Optional<Validation> validation = validation(config, corpus, model, listener);
      StepPlan plan = server.join(model.parameters());
      LOG.info("Worker {} joined run {} at step {}", worker, config.server().runId(), plan.step());
      while (!plan.finished()) {
        MDC.put(STEP, Long.toString(plan.step()));
        metrics.step(plan.step());
        StepPlan current = plan;
        validation.ifPresent(each -> each.run(current));
        plan = step.run(plan);
        departure.check(worker, plan.step());
      }
      LOG.info("Worker {} finished at step {}", worker, plan.step());
    }
  }

  /** Empty where the run has no evaluations: its corpus then needs no validation split. */
  private static Optional<Validation> validation(
      WorkerConfig config, Corpus corpus, Pretrainable model, ValidationListener listener) {
    return config.validation().everySteps() == 0
        ? Optional.empty()
        : Optional.of(
            new Validation(model, Examples.validation(corpus, model.config()), config, listener));
  }

  private static GradientSource source(
      WorkerConfig config, Corpus corpus, Pretrainable model, Metrics metrics) {
    GradientSource batches =
        new BatchGradient(
            model,
            Examples.training(corpus, model.config(), config.seed()),
            new Sampling(config.batchSize(), config.microBatchSize()),
            metrics);
    return config
        .localTraining()
        .<GradientSource>map(
            local -> new LocalSteps(model.layout(), model.parameters(), batches, local, metrics))
        .orElse(batches);
  }

  private static Pretrainable model(WorkerConfig config) {
    try {
      JsonNode json = new ObjectMapper().readTree(config.model());
      return ModelFamily.of(json).pretrainable(json, config.execution());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "Cannot read the model's config.json: " + e.getMessage(), e);
    }
  }
}
