package io.headwater.driver.plan;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.config.EmbeddingConfig;
import io.headwater.driver.spark.SparkApplication;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** What a run of word vectors needs; how fast it will be is not foretold. */
public final class WordVectorPlan {
  private static final double GIB = 1L << 30;

  private final EmbeddingConfig config;
  private final long words;
  private final WordVectorMemory memory;

  WordVectorPlan(EmbeddingConfig config, long words) {
    this.config = config;
    this.words = words;
    this.memory = WordVectorMemory.of(config, words);
  }

  /**
   * Makes a plan.
   *
   * @param words of the vocabulary
   * @param workerMemory bytes of a worker's process or pod, if it has one of its own
   * @param shardMemory bytes of a shard's
   * @throws UserException if the run cannot work: what it needs is not there
   */
  public static WordVectorPlan of(
      EmbeddingConfig config, long words, OptionalLong workerMemory, OptionalLong shardMemory) {
    WordVectorPlan plan = new WordVectorPlan(config, words);
    plan.check(Machine.here());
    if (config.usesTables()) {
      workerMemory.ifPresent(
          bytes ->
              Limits.check(
                  "a worker",
                  Memory.HEAP_BASE + plan.memory.worker() + plan.memory.logs(),
                  bytes,
                  "a larger embedding.min-count"));
      shardMemory.ifPresent(
          bytes ->
              Limits.check(
                  "a shard",
                  plan.memory.shardNative() + Memory.HEAP_BASE + plan.memory.logs(),
                  bytes,
                  "more parameter-server.shards"));
    } else if (workerMemory.isPresent() || shardMemory.isPresent()) {
      throw new UserException(
          "Cannot use --worker-memory or --shard-memory: this run has one process; training.workers"
              + " or parameter-server.shards above 1 make it several");
    }
    return plan;
  }

  /** Refuses what this machine cannot hold of the run. */
  void check(Machine here) {
    boolean local = SparkApplication.isLocal(SparkApplication.master(config.spark().master()));
    int workers = local && config.usesTables() ? config.training().workers() : 0;
    int shards =
        config.usesTables() && !config.parameterServer().isRemote()
            ? config.parameterServer().shards()
            : 0;
    long heap = memory.driverHeap() + workers * memory.worker();
    if (heap > here.heap()) {
      throw new UserException(
          text(
              "Cannot hold %,d words in this process: with vectors of %d numbers it needs %.2f GiB"
                  + " of heap, it has %.2f; raise HEADWATER_HEAP, or use a larger"
                  + " embedding.min-count%s",
              words,
              config.embedding().dim(),
              heap / GIB,
              here.heap() / GIB,
              config.usesTables() ? "" : ", a smaller embedding.dim or parameter shards"));
    }
    long all = here.heap() + shards * memory.shardNative() + memory.logs();
    if (all > here.memory()) {
      throw new UserException(
          text(
              "Cannot hold %d shards of %,d words on this machine: with the heap they need %.2f GiB,"
                  + " it has %.2f; use a smaller embedding.dim, a larger embedding.min-count, or run"
                  + " shards elsewhere (parameter-server.endpoints)",
              shards, words, all / GIB, here.memory() / GIB));
    }
    if (memory.logs() > here.sharedMemory()) {
      throw new UserException(
          text(
              "Cannot exchange rows: it needs %.2f GiB of /dev/shm, %.2f are free; make it larger",
              memory.logs() / GIB, here.sharedMemory() / GIB));
    }
  }

  /** With {@code --json}; bytes. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("status", "ok");
    json.put("words", words);
    ObjectNode bytes = json.putObject("memory_bytes");
    bytes.put("driver_heap", memory.driverHeap());
    bytes.put("worker_heap", workerHeap());
    bytes.put("shard_native", memory.shardNative());
    bytes.put("process_heap", Memory.HEAP_BASE);
    bytes.put("host_aeron_logs", memory.logs());
    json.put("checkpoint_bytes", memory.checkpoint());
    return json;
  }

  /** For a person. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        text(
            "Model       %s, %,d words, vectors of %d numbers",
            config.model().preset(), words, config.embedding().dim()));
    lines.add(
        text(
            "Driver      %.2f GiB of heap%s",
            memory.driverHeap() / GIB, config.usesTables() ? "" : ", both matrices in it"));
    if (config.usesTables()) {
      lines.add(text("Worker      %.2f GiB of heap", workerHeap() / GIB));
      lines.add(
          text(
              "Shard       %.2f GiB native, beside %.2f of heap; %.2f of logs in /dev/shm",
              memory.shardNative() / GIB, Memory.HEAP_BASE / GIB, memory.logs() / GIB));
    }
    lines.add(text("Checkpoint  %,.1f MB", memory.checkpoint() * 1e-6));
    return lines;
  }

  private long workerHeap() {
    return config.usesTables() ? Memory.HEAP_BASE + memory.worker() : 0;
  }

  private static String text(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
