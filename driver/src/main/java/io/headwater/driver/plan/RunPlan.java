package io.headwater.driver.plan;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.config.RunConfig;
import io.headwater.driver.plan.Speed.Network;
import io.headwater.driver.spark.SparkApplication;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** What a run needs and how fast it will be, as far as can be said before it starts. */
public final class RunPlan {
  private static final double GIB = 1L << 30;

  private final RunConfig config;
  private final boolean local; // workers are on this machine
  private final Measurement measured;
  private final Memory memory;
  private final List<Speed> speeds;

  /**
   * What the cluster is, where it is not this machine.
   *
   * @param microBatchSeconds of a worker there; measured here if empty
   * @param networkBytesPerSecond of a machine's link
   * @param workerMemory bytes of a worker's process or pod
   * @param shardMemory bytes of a shard's
   */
  public record Cluster(
      OptionalDouble microBatchSeconds,
      double networkBytesPerSecond,
      OptionalLong workerMemory,
      OptionalLong shardMemory) {}

  private RunPlan(RunConfig config, boolean local, Measurement measured, List<Speed> speeds) {
    this.config = config;
    this.local = local;
    this.measured = measured;
    this.memory = Memory.of(config, measured);
    this.speeds = List.copyOf(speeds);
  }

  /**
   * Makes a plan; computes a few gradients to do so.
   *
   * @throws UserException if the run cannot work: what it needs is not there
   */
  public static RunPlan of(RunConfig config, Cluster cluster) {
    Machine here = Machine.here();
    boolean local = SparkApplication.isLocal(SparkApplication.master(config.spark().master()));
    Measurement measured = Measurement.of(config, cluster.microBatchSeconds());
    Memory memory = Memory.of(config, measured);
    boolean remote = config.parameterServer().isRemote();
    if (local) {
      Limits.checkHere(config, memory, here);
    }
    cluster
        .workerMemory()
        .ifPresent(
            bytes ->
                Limits.check(
                    "a worker",
                    memory.workerNative() + memory.heapBase() + memory.workerShared(),
                    bytes,
                    "more training.micro-batches or a smaller model"));
    cluster
        .shardMemory()
        .ifPresent(
            bytes ->
                Limits.check(
                    "a shard",
                    memory.shardHeap() + memory.heapBase() + memory.logs(),
                    bytes,
                    "more parameter-server.shards"));
    Network network =
        local && !remote
            ? new Network(true, Double.NaN, here.processors())
            : new Network(false, cluster.networkBytesPerSecond(), here.processors());
    List<Speed> speeds = new ArrayList<>();
    for (int workers : workerCounts(config)) {
      speeds.add(Speed.of(config, measured, memory, workers, network));
    }
    return new RunPlan(config, local, measured, speeds);
  }

  /** 1, 2, 4, ... as far as micro-batches go round, and the configured number. */
  private static List<Integer> workerCounts(RunConfig config) {
    List<Integer> counts = new ArrayList<>();
    for (int workers = 1; workers <= config.training().microBatches(); workers *= 2) {
      counts.add(workers);
    }
    if (!counts.contains(config.training().workers())) {
      counts.add(config.training().workers());
    }
    return counts.stream().sorted().toList();
  }

  private Speed asConfigured() {
    return speeds.stream()
        .filter(speed -> speed.workers() == config.training().workers())
        .findFirst()
        .orElseThrow();
  }

  private double tokensPerSecond(Speed speed) {
    return measured.tokens() * (double) config.training().microBatches() / speed.seconds();
  }

  private double speedUp(Speed speed) {
    return speeds.get(0).seconds() / speed.seconds();
  }

  /** With {@code --json}; bytes and seconds. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("status", "ok");
    json.put("parameters", measured.layout().elements());
    json.put("tokens_per_step", (long) measured.tokens() * config.training().microBatches());
    json.put("micro_batch_seconds", measured.seconds());
    ObjectNode bytes = json.putObject("memory_bytes");
    bytes.put("worker_native", memory.workerNative());
    bytes.put("worker_shared_memory", memory.workerShared());
    bytes.put("shard_heap", memory.shardHeap());
    bytes.put("process_heap", memory.heapBase());
    bytes.put("host_aeron_logs", memory.logs());
    ObjectNode exchange = json.putObject("bytes_per_update");
    exchange.put("worker_pushes", pushed());
    exchange.put("worker_pulls", vector());
    json.put("checkpoint_bytes", checkpointBytes());
    Speed speed = asConfigured();
    json.put("step_seconds", speed.seconds());
    json.put("compute_seconds", speed.compute());
    json.put("exchange_seconds", speed.exchange());
    json.put("apply_seconds", speed.apply());
    json.put("tokens_per_second", tokensPerSecond(speed));
    json.put("run_seconds", speed.seconds() * config.training().steps());
    ArrayNode scaling = json.putArray("scaling");
    for (Speed at : speeds) {
      scaling
          .addObject()
          .put("workers", at.workers())
          .put("step_seconds", at.seconds())
          .put("tokens_per_second", tokensPerSecond(at))
          .put("speed_up", speedUp(at));
    }
    return json;
  }

  /** For a person. */
  public List<String> lines() {
    Speed speed = asConfigured();
    List<String> lines = new ArrayList<>();
    lines.add(
        text(
            "Model       %s, %,d parameters, %,d tokens a step",
            config.model().preset(),
            measured.layout().elements(),
            (long) measured.tokens() * config.training().microBatches()));
    lines.add(
        text(
            "Worker      %.2f GiB native + %.2f of heap + %.2f in /dev/shm%s",
            memory.workerNative() / GIB,
            memory.heapBase() / GIB,
            memory.workerShared() / GIB,
            local ? " (all in this process)" : ""));
    lines.add(
        text(
            "Shard       %.2f GiB of heap, beside %.2f of any process; %.2f of logs in /dev/shm",
            memory.shardHeap() / GIB, memory.heapBase() / GIB, memory.logs() / GIB));
    lines.add(
        text(
            "Exchange    each worker pushes %,.1f MB and pulls %,.1f MB per update",
            pushed() * 1e-6, vector() * 1e-6));
    lines.add(text("Checkpoint  %,.1f MB", checkpointBytes() * 1e-6));
    lines.add(
        text(
            "Step        %.3f s: compute %.3f, exchange %.3f, apply %.3f (micro-batch %.3f s)",
            speed.seconds(), speed.compute(), speed.exchange(), speed.apply(), measured.seconds()));
    lines.add(
        text(
            "Run         %,d steps in %.2f h, %,.0f tokens/s",
            config.training().steps(),
            speed.seconds() * config.training().steps() / 3600,
            tokensPerSecond(speed)));
    for (Speed at : speeds) {
      lines.add(
          text(
              "%2d workers  %.3f s a step, %,.0f tokens/s, %.2fx, %.0f%% of linear",
              at.workers(),
              at.seconds(),
              tokensPerSecond(at),
              speedUp(at),
              100 * speedUp(at) / at.workers()));
    }
    return lines;
  }

  private long vector() {
    return Float.BYTES * measured.layout().elements();
  }

  private long pushed() {
    return vector() * Speed.pushes(config.training().microBatches(), config.training().workers());
  }

  /** Weights and optimizer state: half of what a shard copies and keeps, without the sums. */
  private long checkpointBytes() {
    return (memory.shardHeap() * config.parameterServer().shards() - vector()) / 2;
  }

  private static String text(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
