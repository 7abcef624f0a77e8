package io.headwater.finetune;

import io.headwater.checkpoint.UserException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The same fine-tuning run by several seeds: how much of a score is luck.
 *
 * @param reports by seed
 */
public record SeededRuns(Map<Long, FineTuneReport> reports) {
  /**
   * A measure over the seeds.
   *
   * @param deviation the sample's standard deviation
   */
  public record Spread(double mean, double deviation) {
    /** Of the values; of a single one the deviation is 0. */
    public static Spread of(double... values) {
      double mean = 0;
      for (double value : values) {
        mean += value / values.length;
      }
      double squares = 0;
      for (double value : values) {
        squares += (value - mean) * (value - mean);
      }
      return new Spread(mean, values.length == 1 ? 0 : Math.sqrt(squares / (values.length - 1)));
    }
  }

  public SeededRuns {
    reports = Collections.unmodifiableMap(new TreeMap<>(reports));
  }

  /**
   * Runs by the seed of the settings and those that follow, each into {@code seed-N} of the output.
   *
   * @param seeds how many
   */
  public static SeededRuns run(FineTuneConfig config, int seeds, FineTuneProgress progress) {
    if (seeds < 2 || seeds > 1000) {
      throw new UserException("Cannot fine-tune with seeds " + seeds + " (must be in [2, 1000])");
    }
    Map<Long, FineTuneReport> reports = new TreeMap<>();
    for (int i = 0; i < seeds; i++) {
      long seed = config.settings().seed() + i;
      FineTuneConfig ofSeed =
          config.with(config.settings().withSeed(seed), config.output() + "/seed-" + seed);
      reports.put(seed, FineTuneTask.run(ofSeed, progress));
    }
    return new SeededRuns(reports);
  }

  /** Mean and deviation of each measure that all runs have. */
  public Map<String, Spread> spreads() {
    List<Scores> scores = reports.values().stream().map(FineTuneReport::scores).toList();
    List<String> names = new ArrayList<>(scores.get(0).measures().keySet());
    names.removeIf(name -> scores.stream().anyMatch(each -> !each.measures().containsKey(name)));
    Map<String, Spread> spreads = new LinkedHashMap<>();
    for (String name : names) {
      spreads.put(
          name, Spread.of(scores.stream().mapToDouble(each -> each.measure(name)).toArray()));
    }
    return spreads;
  }
}
