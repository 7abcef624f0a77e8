package io.headwater.driver.cli;

import io.headwater.checkpoint.UserException;
import io.headwater.driver.config.RunConfigReader;
import io.headwater.driver.plan.RunPlan;
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
      "A few gradients are computed here to know; docs/plan.md has the formulas.",
      "",
      "Example:",
      "  headwater plan --config run.yaml",
      "  headwater plan --config run.yaml --network-gbit 25 --worker-memory 16g --shard-memory 8g"
    })
final class PlanCommand implements Callable<Integer> {
  private static final Pattern SIZE = Pattern.compile("(\\d+)([mgt])");
  private static final double BYTES_PER_GIGABIT = 1e9 / 8;

  @Option(
      names = "--micro-batch-seconds",
      description = "Time of one micro-batch on the cluster's workers; default: measured here.")
  private Double microBatchSeconds;

  @Option(
      names = "--network-gbit",
      defaultValue = "10",
      description = "Link of each machine in Gbit/s, where shards or workers are elsewhere.")
  private double networkGbit;

  @Option(names = "--worker-memory", description = "Memory of a worker's process, as 16g.")
  private String workerMemory;

  @Option(names = "--shard-memory", description = "Memory of a shard's process, as 8g.")
  private String shardMemory;

  @Mixin private ConfigOptions config;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    positive("--network-gbit", networkGbit);
    RunPlan plan =
        RunPlan.of(
            RunConfigReader.read(config.file(), config.assignments(), Map.of()),
            new RunPlan.Cluster(
                microBatchSeconds == null
                    ? OptionalDouble.empty()
                    : OptionalDouble.of(positive("--micro-batch-seconds", microBatchSeconds)),
                networkGbit * BYTES_PER_GIGABIT,
                bytes("--worker-memory", workerMemory),
                bytes("--shard-memory", shardMemory)));
    output.print(plan.toJson(), plan.lines());
    return ExitCode.DONE;
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
