package io.headwater.driver.transfer;

import io.headwater.finetune.SeededRuns.Spread;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Both kinds of run at one share of the labels, in the order of their seeds.
 *
 * @param share of the training examples
 * @param pretrained runs from the checkpoint
 * @param scratch runs from random weights
 */
record Comparison(double share, List<Outcome> pretrained, List<Outcome> scratch) {
  Comparison {
    pretrained = List.copyOf(pretrained);
    scratch = List.copyOf(scratch);
  }

  Spread pretrainedScore() {
    return Outcome.spread(pretrained, Outcome::score);
  }

  Spread scratchScore() {
    return Outcome.spread(scratch, Outcome::score);
  }

  double gain() {
    return pretrainedScore().mean() - scratchScore().mean();
  }

  int examples() {
    return pretrained.get(0).examples();
  }

  /** Mean number of steps at which runs from random weights are at their best. */
  double stepsOfScratch() {
    return scratch.stream().mapToDouble(run -> run.best().steps()).average().orElseThrow();
  }

  /**
   * Mean number of steps after which the pretrained run of the same seed is as good as the best
   * that the other ever was; empty if one never is.
   */
  OptionalDouble stepsToReachScratch() {
    return meanToReachScratch(Outcome.Epoch::steps);
  }

  /** As {@link #stepsToReachScratch}, in seconds of training. */
  OptionalDouble secondsToReachScratch() {
    return meanToReachScratch(Outcome.Epoch::seconds);
  }

  double secondsOfScratch() {
    return scratch.stream().mapToDouble(run -> run.best().seconds()).average().orElseThrow();
  }

  private OptionalDouble meanToReachScratch(ToDoubleFunction<Outcome.Epoch> figure) {
    double[] reached =
        IntStream.range(0, scratch.size())
            .mapToObj(i -> pretrained.get(i).reaching(scratch.get(i).best().score()))
            .flatMapToDouble(epoch -> epoch.stream().mapToDouble(figure))
            .toArray();
    return reached.length < scratch.size()
        ? OptionalDouble.empty()
        : IntStream.range(0, reached.length).mapToDouble(i -> reached[i]).average();
  }
}
