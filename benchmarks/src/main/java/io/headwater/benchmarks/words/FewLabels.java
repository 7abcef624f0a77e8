package io.headwater.benchmarks.words;

import io.headwater.driver.words.WordVectorSource;
import io.headwater.finetune.Columns;
import io.headwater.finetune.Method;
import io.headwater.finetune.words.TextReading;
import io.headwater.finetune.words.WordClassification;
import io.headwater.finetune.words.WordClassifierConfig;
import io.headwater.finetune.words.WordClassifierSettings;
import io.headwater.model.fasttext.ClassifierInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Accuracy of classifiers from word vectors and of the same network from drawn rows, trained on a
 * few texts of each label and on all. Arguments: the vectors, then prefixes of labelled files that
 * end in {@code -train.jsonl} and {@code -test.jsonl}.
 */
public final class FewLabels {
  private static final int[] PER_CLASS = {10, 100, 0};
  private static final int SEEDS = 3;

  private FewLabels() {}

  public static void main(String[] arguments) throws IOException {
    ClassifierInput input = WordVectorSource.readClassifierInput(arguments[0]);
    TextReading reading = WordVectorSource.reading(arguments[0]);
    Path folder = Files.createTempDirectory("few-labels");
    System.out.println("data method 10-a-label 100-a-label all");
    for (String prefix : List.of(arguments).subList(1, arguments.length)) {
      for (Method method : List.of(Method.FULL, Method.PROBE, Method.SCRATCH)) {
        StringBuilder line = new StringBuilder(Path.of(prefix).getFileName() + " " + method);
        for (int perClass : PER_CLASS) {
          double mean =
              IntStream.rangeClosed(1, perClass == 0 ? 1 : SEEDS)
                  .mapToDouble(
                      seed -> accuracy(input, reading, prefix, method, perClass, seed, folder))
                  .average()
                  .orElseThrow();
          line.append(String.format(Locale.ROOT, " %.3f", mean));
        }
        System.out.println(line);
      }
    }
  }

  private static double accuracy(
      ClassifierInput input,
      TextReading reading,
      String prefix,
      Method method,
      int perClass,
      long seed,
      Path folder) {
    WordClassifierSettings defaults = WordClassifierSettings.defaults(method);
    WordClassifierConfig config =
        new WordClassifierConfig(
            prefix + "-train.jsonl",
            prefix + "-test.jsonl",
            Columns.DEFAULT,
            method,
            reading,
            defaults.trainedFor(defaults.epochs(), defaults.learningRate(), perClass, seed),
            folder
                .resolve(method + "-" + perClass + "-" + seed + "-" + System.nanoTime())
                .toString());
    return WordClassification.run(config, input, (epoch, epochs, loss) -> {})
        .scores()
        .measure("accuracy");
  }
}
