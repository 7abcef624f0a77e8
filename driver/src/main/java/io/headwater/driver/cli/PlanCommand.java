package io.headwater.driver.cli;

import io.headwater.checkpoint.UserException;
import io.headwater.driver.config.EmbeddingConfig;
import io.headwater.driver.config.EmbeddingConfigReader;
import io.headwater.driver.config.RunConfigReader;
import io.headwater.driver.plan.RunPlan;
import io.headwater.driver.plan.WordVectorPlan;
import io.headwater.driver.words.WordCounts;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "plan",
    description = "Say what a run needs and how fast it will be, or why it cannot work.",
    footer = {
      "",
      "A few gradients are computed here to know, of word vectors the words counted; docs/plan.md has",
      "the formulas.",
      "",
      "Example:",
      "  headwater plan --config run.yaml",
      "  headwater plan --config run.yaml --network-gbit 25 --worker-memory 16g --shard-memory 8g",
      "  headwater plan --config vectors.yaml --words 2000000"
    })
final class PlanCommand implements Callable<Integer> {
  private static final Pattern SIZE = Pattern.compile("(\\d+)([mgt])");
  private static final double USUAL_GIGABITS = 10;
  private static final double BYTES_PER_GIGABIT = 1e9 / 8;

  @Option(
      names = "--micro-batch-seconds",
      description = "Time of one micro-batch on the cluster's workers; default: measured here.")
  private Double microBatchSeconds;

  @Option(
      names = "--words",
      description = "Word vectors: words of the vocabulary; default: counted here.")
  private Long words;

  @Option(
      names = "--network-gbit",
      description =
          "Link of each machine in Gbit/s, where shards or workers are elsewhere; default: 10.")
  private Double networkGbit;

  @Option(names = "--worker-memory", description = "Memory of a worker's process, as 16g.")
  private String workerMemory;

  @Option(names = "--shard-memory", description = "Memory of a shard's process, as 8g.")
  private String shardMemory;

  @Mixin private ConfigOptions config;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    return EmbeddingConfigReader.isAsked(config.file(), config.assignments(), Map.of())
        ? planWordVectors()
        : planModel();
  }

  private int planWordVectors() {
    refuse("--micro-batch-seconds", microBatchSeconds, "word vectors have no micro-batches");
    refuse("--network-gbit", networkGbit, "how fast word vectors train is not foretold");
    EmbeddingConfig run = EmbeddingConfigReader.read(config.file(), config.assignments(), Map.of());
    WordVectorPlan plan =
        WordVectorPlan.of(
            run,
            words == null ? WordCounts.of(run).words() : (long) positive("--words", words),
            bytes("--worker-memory", workerMemory),
            bytes("--shard-memory", shardMemory));
    output.print(plan.toJson(), plan.lines());
    return ExitCode.DONE;
  }

  private int planModel() {
    refuse("--words", words, "the corpus of this model has a vocabulary already");
    double gigabits =
        networkGbit == null ? USUAL_GIGABITS : positive("--network-gbit", networkGbit);
    RunPlan plan =
        RunPlan.of(
            RunConfigReader.read(config.file(), config.assignments(), Map.of()),
            new RunPlan.Cluster(
                microBatchSeconds == null
                    ? OptionalDouble.empty()
                    : OptionalDouble.of(positive("--micro-batch-seconds", microBatchSeconds)),
                gigabits * BYTES_PER_GIGABIT,
                bytes("--worker-memory", workerMemory),
                bytes("--shard-memory", shardMemory)));
    output.print(plan.toJson(), plan.lines());
    return ExitCode.DONE;
  }

  private static void refuse(String option, Object value, String why) {
    if (value != null) {
      throw new UserException("Cannot use " + option + " " + value + ": " + why);
    }
  }

  private static double positive(String option, double value) {
    if (!(value > 0)) {
      throw new UserException("Cannot use " + option + " " + value + ": it must be above 0");
    }
    return value;
  }

  private static OptionalLong bytes(String option, String text) {
    if (text == null) {
      return OptionalLong.empty();
    }
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      throw new UserException(
          "Cannot use " + option + " " + text + ": it must be a number with m, g or t, as 16g");
    }
    int shift =
        switch (matcher.group(2)) {
          case "m" -> 20;
          case "g" -> 30;
          default -> 40;
        };
    return OptionalLong.of(Long.parseLong(matcher.group(1)) << shift);
  }
}
