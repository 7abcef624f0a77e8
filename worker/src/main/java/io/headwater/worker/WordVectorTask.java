package io.headwater.worker;

import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.client.StepPlan;
import io.headwater.ps.client.WorkerClient;
import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.protocol.MicroBatchFigures;
import io.headwater.ps.protocol.RunEndedException;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.sparse.SparseClient;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.MDC.MDCCloseable;

/**
 * What a Spark task of a run of word vectors runs: one worker, from joining the run to its end. It
 * takes parts as the coordinator hands them out; the part of a worker that is lost goes to another,
 * which trains on all of it.
 */
public final class WordVectorTask {
  private static final Logger LOG = LoggerFactory.getLogger(WordVectorTask.class);
  private static final String STEP = "step";
  private static final double UNTRAINED_LOSS = Math.log(2); // of a product of zero

  private WordVectorTask() {}

  /**
   * Trains until the run is finished; a worker that comes too late for that has nothing to do.
   *
   * @param traffic told after each part what it took
   * @param departure of this process; a worker leaves at the end of a part
   * @throws java.util.concurrent.CancellationException when the process is told to end
   * @throws io.headwater.ps.protocol.RunFailedException when the parameter server ends the run
   * @throws io.headwater.ps.protocol.ParameterServerException when a shard cannot be reached
   */
  public static void run(
      WorkerClientConfig config,
      WordTraining words,
      Consumer<RowTraffic> traffic,
      Departure departure) {
    departure.arrive();
    try (MDCCloseable name = MDC.putCloseable("worker", Integer.toString(config.worker()));
        MDCCloseable steps = MDC.putCloseable(STEP, "0")) {
      train(config, words, traffic, departure);
    } catch (RunEndedException e) {
      LOG.info("Worker {} came too late: {}", config.worker(), e.getMessage());
    } finally {
      departure.leave();
    }
  }

  private static void train(
      WorkerClientConfig config,
      WordTraining words,
      Consumer<RowTraffic> traffic,
      Departure departure) {
    Metrics metrics = new Metrics(config.worker());
    long elements = WordTraining.flatElements(ShardEndpoint.shards(config.endpoints()));
    try (FlatVector flat = FlatVector.allocate(elements);
        WorkerClient server = WorkerClient.connect(config);
        SparseClient client = SparseClient.connect(config, server)) {
      StepPlan plan = server.join(flat);
      LOG.info("Worker {} joined run {} at step {}", config.worker(), config.runId(), plan.step());
      RowTraining training = words.open();
      double loss = UNTRAINED_LOSS;
      try (RowExchange exchange = new RowExchange(client, words, metrics)) {
        while (!plan.finished()) {
          MDC.put(STEP, Long.toString(plan.step()));
          metrics.step(plan.batch());
          RowTraffic part = train(client, exchange, training.part(plan.batch()));
          metrics.words(config.worker(), part);
          traffic.accept(part);
          double mean = training.takeLoss();
          loss = Double.isNaN(mean) ? loss : mean; // of a part in which no word has company
          plan = tell(server, plan, loss, part.words());
          departure.check(config.worker(), plan.step());
        }
      }
      LOG.info("Worker {} finished at step {}", config.worker(), plan.step());
    }
  }

  private static RowTraffic train(
      SparseClient client, RowExchange exchange, RowTraining.Part part) {
    long sent = client.sentBytes();
    long received = client.receivedBytes();
    exchange.train(part.blocks());
    return new RowTraffic(
        part.size(), client.sentBytes() - sent, client.receivedBytes() - received);
  }

  /** The batch is done: its rows are at the shards, and the flat vector does not change. */
  private static StepPlan tell(WorkerClient server, StepPlan plan, double loss, long words) {
    server.report(plan, 0, MicroBatchFigures.of(loss, 0, words));
    plan.nodes().forEach(node -> server.push(plan, node));
    return server.pull();
  }
}
