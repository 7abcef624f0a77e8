package io.headwater.benchmarks.generation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.Decoding;
import io.headwater.model.Execution;
import io.headwater.model.LanguageModel;
import io.headwater.model.ModelFamily;
import io.headwater.model.generation.Limits;
import io.headwater.model.generation.Sampling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Random;

/**
 * Tokens that a model with random weights writes in a second, taken greedily, with and without the
 * cache of keys and values. Arguments: preset, tokens of a prompt, tokens to write, repetitions.
 */
public final class DecodingSpeed {
  private static final int VOCABULARY = 8192;
  private static final int[] BATCHES = {1, 8};

  private DecodingSpeed() {}

  public static void main(String[] arguments) {
    String preset = arguments[0];
    int read = Integer.parseInt(arguments[1]);
    int tokens = Integer.parseInt(arguments[2]);
    int repetitions = Integer.parseInt(arguments[3]);
    ModelFamily family = ModelFamily.ofPreset(preset);
    ObjectNode config = family.config(preset, VOCABULARY);
    try (LanguageModel model = family.languageModel(config, Execution.CPU)) {
      model.initialize(1);
      report(
          preset + " without cache", repetitions, tokens, () -> withoutCache(model, read, tokens));
      for (int batch : BATCHES) {
        List<int[]> prompts = prompts(read, batch);
        report(
            preset + " with cache, " + batch + " at a time",
            repetitions,
            batch * tokens,
            () -> withCache(model, prompts, tokens));
      }
    }
  }

  private static void report(String what, int repetitions, int tokens, Runnable work) {
    work.run(); // what it compiles and allocates is not counted
    double[] seconds = new double[repetitions];
    for (int i = 0; i < repetitions; i++) {
      long begin = System.nanoTime();
      work.run();
      seconds[i] = (System.nanoTime() - begin) * 1e-9;
    }
    Arrays.sort(seconds);
    double median = seconds[repetitions / 2];
    System.out.printf(
        Locale.ROOT,
        "%s: %.0f tokens/s, median of %d (%.3f s)%n",
        what,
        tokens / median,
        repetitions,
        median);
  }

  private static void withCache(LanguageModel model, List<int[]> prompts, int tokens) {
    try (Decoding decoding = model.decode(prompts, tokens)) {
      Sampling.greedy().write(decoding, new Limits(tokens, OptionalInt.empty()));
    }
  }

  private static void withoutCache(LanguageModel model, int read, int tokens) {
    int[] prompt = prompts(read, 1).get(0);
    int[] written = {};
    for (int place = 0; place < tokens; place++) {
      float[] scores = model.nextTokenLogits(prompt, written);
      int best = 0;
      for (int token = 1; token < scores.length; token++) {
        best = scores[token] > scores[best] ? token : best;
      }
      written = Arrays.copyOf(written, place + 1);
      written[place] = best;
    }
  }

  private static List<int[]> prompts(int length, int count) {
    List<int[]> prompts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      prompts.add(new Random(i).ints(length, 0, VOCABULARY).toArray());
    }
    return prompts;
  }
}
